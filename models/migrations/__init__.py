"""The revisions of the schema (`versions/`), and how to write the next one (`python -m models.migrations`)."""

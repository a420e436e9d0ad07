"""Use cases: one function a verb, `verb(session, ..., now)`. They flush and never commit; the edge does."""

"""Every table, imported once, so that `SQLModel.metadata` is complete whoever asks for it."""

from sqlmodel import SQLModel

from models import catalog, classes, counts, journal, parts, people, plans, seals, stock

METADATA = SQLModel.metadata

__all__ = ["METADATA", "catalog", "classes", "counts", "journal", "parts", "people", "plans", "seals", "stock"]

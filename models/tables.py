"""Every table, imported once, so that `SQLModel.metadata` is complete whoever asks for it."""

from sqlmodel import SQLModel

from models import catalog, causes, classes, counts, direct, homes, journal, parts, people, photos, plans, seals, stock

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "catalog",
    "causes",
    "classes",
    "counts",
    "direct",
    "homes",
    "journal",
    "parts",
    "people",
    "photos",
    "plans",
    "seals",
    "stock",
]

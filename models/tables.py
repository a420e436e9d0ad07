"""Every table, imported once, so that `SQLModel.metadata` is complete whoever asks for it."""

from sqlmodel import SQLModel

from models import (
    catalog,
    causes,
    classes,
    counts,
    direct,
    export_requests,
    journal,
    parts,
    people,
    photos,
    plans,
    records,
    seals,
    sign_offs,
    stock,
    supply,
)

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "catalog",
    "causes",
    "classes",
    "counts",
    "direct",
    "export_requests",
    "journal",
    "parts",
    "people",
    "photos",
    "plans",
    "records",
    "seals",
    "sign_offs",
    "stock",
    "supply",
]

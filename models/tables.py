"""Every table, imported once, so that `SQLModel.metadata` is complete whoever asks for it."""

from sqlmodel import SQLModel

from models import (
    authority,
    catalog,
    causes,
    classes,
    counts,
    digests,
    direct,
    export_requests,
    homes,
    hosted,
    inquiries,
    journal,
    parts,
    people,
    periods,
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
    "authority",
    "catalog",
    "causes",
    "classes",
    "counts",
    "digests",
    "direct",
    "export_requests",
    "homes",
    "hosted",
    "inquiries",
    "journal",
    "parts",
    "people",
    "periods",
    "photos",
    "plans",
    "records",
    "seals",
    "sign_offs",
    "stock",
    "supply",
]

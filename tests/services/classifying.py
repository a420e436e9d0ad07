"""Stock to classify in a test, and the classes that come of it."""

from datetime import timedelta

from sqlmodel import select

from models.catalog import Item
from models.classes import ClassChange, ClassRun, ClassSettings
from models.services import classification, item_classes
from models.services.classification import ClassReport
from tests.builders import Number, Stock
from tests.world import World


def used(world: World, sku: str, quantity: Number, *, code: str = "A-01", unit_cost: Number | None = 1) -> Stock:
    """An item of which so much was issued yesterday."""
    stock = world.stock(sku, code, 1000, unit_cost=unit_cost)
    world.issue(stock, quantity, occurred_at=world.now - timedelta(days=1))
    return stock


def classify(world: World, *, dry_run: bool = False) -> ClassReport:
    """Compute classes now."""
    with world.database.read() as session:
        ranking = classification.rank(session, world.now)
        if dry_run:
            return classification.preview(session, ranking)
    with world.step() as session:
        return classification.apply(session, ranking, now=world.now, actor="test")


def classes(world: World) -> dict[str, str | None]:
    """The class in force, by SKU."""
    with world.database.read() as session:
        return {item.sku: item.abc_class for item in session.exec(select(Item))}


def changes(world: World) -> list[tuple[str | None, str]]:
    """Every change that was written down."""
    with world.database.read() as session:
        return [(row.before, row.after) for row in session.exec(select(ClassChange).order_by(ClassChange.id))]  # type: ignore[arg-type]  # a column


def runs(world: World) -> list[ClassRun]:
    with world.database.read() as session:
        return list(session.exec(select(ClassRun)))


def settings(world: World, **values: object) -> None:
    """Say how classes are computed."""
    with world.database.write() as session:
        found = session.get(ClassSettings, 1) or ClassSettings()
        found.sqlmodel_update(values)
        session.add(found)


def set_item(world: World, sku: str, **values: object) -> None:
    """Change columns of an item, and let its levels follow."""
    with world.database.write() as session:
        item = session.exec(select(Item).where(Item.sku == sku)).one()
        item.sqlmodel_update(values)
        session.add(item)
        session.flush()
        item_classes.copy_to_levels(session)

"""A small language for saying what a payload may look like.

A `Check` looks at a value and notes what is wrong with it, with the place as a JSON pointer, in the words Slack
uses: `[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]`. The rules themselves are
tables made of these pieces (`texts`, `elements`, `blocks`), to be read beside Slack's reference.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from bot.sandbox.json_types import Json, JsonObject

Surface = Literal["message", "modal", "home"]


@dataclass
class Problems:
    """What is wrong so far, and on which surface it would be shown."""

    surface: Surface
    found: list[str] = field(default_factory=list)

    def add(self, what: str, path: str) -> None:
        """Note one."""
        self.found.append(f"[ERROR] {what} [json-pointer:{path}]")


Check = Callable[[Json, str, Problems], None]
Rule = Callable[[JsonObject, str, Problems], None]
"""How the fields of an object agree with each other."""
Fields = Mapping[str, Check]


def string(most: int | None = None, least: int = 1, pattern: str | None = None) -> Check:
    """A text of so many characters."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add("must provide a string", path)
        elif len(value) < least:
            problems.add(f"must be more than {least - 1} characters", path)
        elif most is not None and len(value) > most:
            problems.add(f"must be less than {most + 1} characters", path)
        elif pattern is not None and not re.fullmatch(pattern, value):
            problems.add("failed to match pattern", path)

    return check


def boolean(value: Json, path: str, problems: Problems) -> None:
    """True or false."""
    if not isinstance(value, bool):
        problems.add("must provide a boolean", path)


def integer(least: int, most: int) -> Check:
    """A whole number in a range."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add("must provide an integer", path)
        elif not least <= value <= most:
            problems.add(f"must be between {least} and {most}", path)

    return check


def number(value: Json, path: str, problems: Problems) -> None:
    """A number, whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        problems.add("must provide a number", path)


def one_of(*allowed: str) -> Check:
    """One of some words."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(f"must be one of: {', '.join(allowed)}", path)

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    """A list of so many items, each of which passes `item`."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add("must provide an array", path)
            return
        if len(value) < least:
            problems.add(f"no fewer than {least} items allowed", path)
        if len(value) > most:
            problems.add(f"no more than {most} items allowed", path)
        for position, one in enumerate(value):
            item(one, f"{path}/{position}", problems)

    return check


def record(
    required: Fields | None = None,
    optional: Fields | None = None,
    also: Rule | None = None,
) -> Check:
    """An object with these fields and no others; `also` looks at how the fields agree, once they are right."""
    needed = dict(required or {})
    known = {"type": anything, **needed, **(optional or {})}

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must provide an object", path)
            return
        before = len(problems.found)
        for key in needed:
            if key not in value:
                problems.add(f"missing required field: {key}", path)
        for key, one in value.items():
            if key not in known:
                problems.add(f"invalid additional property: {key}", path)
            else:
                known[key](one, f"{path}/{key}", problems)
        if also is not None and len(problems.found) == before:
            also(value, path, problems)

    return check


def by_type(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which rules it follows."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must provide an object", path)
        elif "type" not in value:
            problems.add("missing required field: type", path)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            problems.add(f"unsupported type: {value['type']}", f"{path}/type")
        else:
            kinds[value["type"]](value, path, problems)

    return check


def exactly_one(*names: str) -> Rule:
    """Of these fields there must be one, and only one."""

    def check(value: JsonObject, path: str, problems: Problems) -> None:
        given = [name for name in names if name in value]
        if len(given) != 1:
            problems.add(f"must define either `{'` or `'.join(names)}`, and only one of them", path)

    return check


def only_on(surface: Surface, inner: Check) -> Check:
    """Something that exists on one surface only."""

    def check(value: Json, path: str, problems: Problems) -> None:
        if problems.surface != surface:
            problems.add(f"unsupported type on this surface: {value['type']}", f"{path}/type")
        inner(value, path, problems)

    return check


def anything(value: Json, path: str, problems: Problems) -> None:
    """No rule, or one that has been looked at already."""

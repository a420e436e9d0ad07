"""Public holidays of a country or one of its regions, from the library `holidays`.

A place is written as ISO does: `DE`, or `DE-BE` with the region. Names are English where the library has them.
The library is imported when a calendar first asks for it: most set-ups name no country, and need not wait.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from models.errors import BadInput
from models.rules import wording
from models.rules.nearest import nearest
from models.rules.weekday_words import LONGEST_QUOTE
from models.rules.wording import cut

_LISTED = 20
_ALIKE = 75.0
"""How alike, in percent, a name and the one that was meant are at least: Bavaria is not Bulgaria."""
_CODE = 3  # letters: what is longer is a name
# What the library calls only as the country does itself.
_ENGLISH: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AT": {
            "Carinthia": "2", "Lower Austria": "3", "Upper Austria": "4", "Styria": "6", "Tyrol": "7", "Vienna": "9",
        },
        "CH": {"Geneva": "GE", "Lucerne": "LU", "Zurich": "ZH"},
        "DE": {
            "Bavaria": "BY", "Hesse": "HE", "Lower Saxony": "NI", "North Rhine-Westphalia": "NW",
            "Rhineland-Palatinate": "RP", "Saxony": "SN", "Saxony-Anhalt": "ST", "Thuringia": "TH",
        },
        "ES": {"Andalusia": "AN", "Basque Country": "PV", "Catalonia": "CT", "Navarre": "NC"},
    }
)  # fmt: skip
_FORM = "write a country by its two letters, like DE or US, or with its region, like DE-BE"


@lru_cache(maxsize=2048)
def names_in(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of a year by date, each with its name; empty for years the library knows nothing of."""
    import holidays  # noqa: PLC0415 - late, see the module's docstring

    spoken = holidays.country_holidays(country).supported_languages
    english = next((language for language in spoken if language.startswith("en")), None)
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False, language=english)
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


@lru_cache(maxsize=256)
def find_place(text: str) -> tuple[str, str | None]:
    """The country and region meant by `DE`, `de-be`, `DEU`, `Germany` or `DE-Berlin`, as codes: ("DE", "BE").

    Raises:
        BadInput: with the nearest known country or region.
    """
    typed = " ".join(text.split())
    if re.search("[,;]", typed):
        raise BadInput(f"“{cut(typed, LONGEST_QUOTE)}” names more than one place; {_FORM}.")
    named, dash, region = (part.strip() for part in typed.partition("-"))
    known = _countries()
    meant = next((place for place in known if named.casefold() in (word.casefold() for word in place)), None)
    if meant is None:
        raise BadInput(
            f"“{cut(typed, LONGEST_QUOTE)}” is not a country whose holidays are known; {_hint(typed, named)}"
        )
    return meant[1], _region(meant[1], region, typed) if dash else None


def country_name(code: str) -> str:
    """“Germany” for “DE”; the code itself for a country that is not known."""
    return next((name for name, known, *_ in _countries() if known == code), code)


def _hint(typed: str, named: str) -> str:
    """The country or region that is most like what was typed, or how to write one."""
    regions = _regions()
    countries = {name.casefold(): f"{code} ({name})" for name, code, *_ in _countries()}
    meant = typed.casefold() if typed.casefold() in regions else None
    if meant is None and len(named) > _CODE:
        meant = nearest(named, [name for name in (*countries, *regions) if len(name) > _CODE], at_least=_ALIKE)
    if meant is None:
        return f"{_FORM}."
    return f"did you mean {countries[meant] if meant in countries else wording.any_of(regions[meant])}?"


def _region(country: str, region: str, typed: str) -> str:
    import holidays  # noqa: PLC0415 - late, see the module's docstring

    place = holidays.country_holidays(country)
    codes = {code.casefold(): code for code in place.subdivisions}
    codes |= {name.casefold(): code for code, names in place.get_subdivision_aliases().items() for name in names}
    codes |= {name.casefold(): code for name, code in _ENGLISH.get(country, {}).items()}
    if region.casefold() in codes:
        return codes[region.casefold()]
    close = nearest(region, [name for name in codes if len(name) > _CODE]) if len(region) > _CODE else None
    if not codes:
        hint = f"none are known of {country}; write {country} alone."
    elif close:
        hint = f"did you mean {country}-{codes[close]}?"
    else:
        known = ", ".join(place.subdivisions[:_LISTED])
        hint = f"after {country}- write one of {known}{', …' if len(place.subdivisions) > _LISTED else ''}."
    raise BadInput(f"“{cut(typed, LONGEST_QUOTE)}” names no region whose holidays are known; {hint}")


def _regions() -> dict[str, list[str]]:
    """Where a name is that of a region: {"berlin": ["DE-BE"], "bavaria": ["DE-BY"]}."""
    import holidays  # noqa: PLC0415 - late, see the module's docstring

    found: dict[str, list[str]] = {}
    for _, code, *_ in _countries():
        for region, names in holidays.country_holidays(code).get_subdivision_aliases().items():
            for name in names:
                found.setdefault(name.casefold(), []).append(f"{code}-{region}")
        for name, region in _ENGLISH.get(code, {}).items():
            found.setdefault(name.casefold(), []).append(f"{code}-{region}")
    return found


def _countries() -> list[tuple[str, ...]]:
    """Every country: its name, its two letters, its three letters."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - late, see the module's docstring

    return [
        (re.sub("(?<=[a-z])(?=[A-Z])", " ", name), code, *(other for other in others if len(other) <= _CODE))
        for name, code, *others in COUNTRIES.values()
    ]

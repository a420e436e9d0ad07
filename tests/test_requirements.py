"""The pinned requirements fit pyproject.toml. Without network: what is asked is written in the files and installed.

To pin again: `uv pip compile --universal --generate-hashes` as the head of each file says.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CHECKOUT = Path(__file__).parents[1]
RUN, DEV = "requirements.txt", "requirements-dev.txt"
SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
]


def pins(name: str) -> list[tuple[Requirement, int]]:
    """Every pinned requirement of a file, with how many hashes it has."""
    text = (CHECKOUT / name).read_text("utf-8")
    logical = [line for line in text.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    return [(Requirement(line.split("--hash", 1)[0].strip()), line.count("--hash=sha256:")) for line in logical]


def pinned_on(name: str, system: dict[str, str]) -> dict[str, Version]:
    """Versions by package, as pip would choose them on a system."""
    environment = default_environment() | system
    found: dict[str, Version] = {}
    for requirement, _ in pins(name):
        if requirement.marker is None or requirement.marker.evaluate(environment):  # type: ignore[arg-type]  # a plain dict is what it takes
            (specifier,) = requirement.specifier
            assert specifier.operator == "=="
            found[canonicalize_name(requirement.name)] = Version(specifier.version)
    return found


def declared(name: str) -> list[Requirement]:
    """What pyproject.toml asks for; the development file has every list."""
    project: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = list(project["dependencies"])
    if name == DEV:
        asked += [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in asked]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: str(system["platform_system"]))
@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_dependency_is_pinned_within_its_range(name: str, system: dict[str, str]) -> None:
    found = pinned_on(name, system)
    for requirement in declared(name):
        if requirement.marker is None or requirement.marker.evaluate(default_environment() | system):  # type: ignore[arg-type]  # a plain dict is what it takes
            version = found.get(canonicalize_name(requirement.name))
            assert version is not None, f"{name} has no pin for {requirement.name} on {system['platform_system']}"
            assert version in requirement.specifier, f"{name} pins {requirement.name} {version}, not {requirement}"


@pytest.mark.parametrize("name", [RUN, DEV])
def test_what_the_dependencies_need_is_pinned_as_well(name: str) -> None:
    found = pinned_on(name, {})
    waiting = [(requirement.name, frozenset(requirement.extras)) for requirement in declared(name)]
    seen = set()
    while waiting:
        package, extras = waiting.pop()
        if (package, extras) in seen or canonicalize_name(package) not in found:
            continue  # not of this system, which the test above knows
        seen.add((package, extras))
        for line in metadata.requires(package) or []:
            needed = Requirement(line)
            markers = [needed.marker.evaluate({"extra": extra}) for extra in extras | {""}] if needed.marker else [True]
            if any(markers):
                version = found.get(canonicalize_name(needed.name))
                assert version is not None, f"{name} has no pin for {needed.name}, which {package} needs"
                assert version in needed.specifier, f"{name} pins {needed.name} {version}, {package} needs {needed}"
                waiting.append((needed.name, frozenset(needed.extras)))
    assert len(seen) > 20


def test_both_files_pin_the_same_versions() -> None:
    run, dev = ({str(requirement) for requirement, _ in pins(name)} for name in (RUN, DEV))
    versions = {text.split(" ;")[0].split(";")[0] for text in run} - {text.split(" ;")[0].split(";")[0] for text in dev}
    assert versions == set()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_every_pin_has_hashes_and_no_file_names_a_registry(name: str) -> None:
    assert all(hashes > 0 for _, hashes in pins(name))
    text = (CHECKOUT / name).read_text("utf-8")
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links| @ |^/|\s/\w+", text) == []

"""The guide's examples are read as they stand, its defaults are the defaults, and it leaves no key out."""

import re
from pathlib import Path

import msgspec
import pytest

from forecheck.config import defaults, merge, parse
from forecheck.config.file import NetworkTable, PolicyTable, RegistriesTable, SourceTable, key_of
from forecheck.config.settings import SOURCES, Thresholds
from forecheck.discover import checks
from forecheck.model import UnavailableKind

GUIDE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0] for example in EXAMPLES])
def test_examples_are_read(example: str) -> None:
    parse(example, "docs/configuration.md", checks())


def test_the_defaults_are_the_defaults() -> None:
    example = next(example for example in EXAMPLES if "non-interactive" in example)
    file = parse(example, "guide", checks())
    unset = [name for name, value in msgspec.structs.asdict(file.policy).items() if value is None]
    assert unset == ["unknown"]
    config, _ = merge(file, None, trusted=False, checks=checks())
    assert config.thresholds == Thresholds()


def test_the_services_are_as_they_are_by_default() -> None:
    example = next(example for example in EXAMPLES if "[sources.downloads]" in example)
    file = parse(example, "guide", checks())
    assert set(file.sources) == set(SOURCES)
    config, _ = merge(file, None, trusted=False, checks=checks())
    assert config.sources == SOURCES
    standard = defaults(checks())
    assert config.registries.public == standard.registries.public
    assert msgspec.structs.replace(config.network, cache_dir="", resolver="") == standard.network


@pytest.mark.parametrize("table", [PolicyTable, SourceTable, RegistriesTable, NetworkTable])
def test_no_key_is_left_out(table: type[msgspec.Struct]) -> None:
    shown = "\n".join(EXAMPLES)
    for field in table.__struct_fields__:
        assert re.search(rf"^{key_of(field)} = ", shown, re.MULTILINE) or f"[policy.{field}]" in shown, field


def test_no_kind_of_absence_is_left_out() -> None:
    for kind in UnavailableKind:
        assert re.search(rf"^{kind.value} = ", GUIDE, re.MULTILINE), kind

"""The committed schema is the one that the code means, and says of every file what the reader says."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.check import option_metadata
from forecheck.config import ConfigError, parse
from forecheck.config.edit import toml_string
from forecheck.config.file import CheckTable, key_of, shapes_of
from forecheck.config.schema import schema
from forecheck.config.shapes import DURATION, plain, shape_of
from forecheck.discover import checks
from tests.config.documents import DOCUMENTS
from tests.config.samples import CHECKS
from tests.config.test_parse import FULL, MISTAKES
from tools.make_schema import TARGET

VALIDATOR = jsonschema.Draft202012Validator(schema(CHECKS), format_checker=jsonschema.FormatChecker())


def as_json(value: Any) -> Any:
    """TOML values as editors hand them to a JSON Schema."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(as_json(tomllib.loads(text))))


def test_the_committed_schema_is_current() -> None:
    committed = json.loads(TARGET.read_text(encoding="utf-8"))
    assert committed == schema(checks()), "run python tools/make_schema.py"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(CHECKS))
    jsonschema.Draft202012Validator.check_schema(schema(checks()))


def test_order_of_checks_does_not_matter() -> None:
    assert schema(CHECKS) == schema(CHECKS[::-1])


def _leaves(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, child in node.get("properties", {}).items():
        if "properties" in child:
            yield from _leaves(child, f"{path}.{key}")
        else:
            yield f"{path}.{key}", child


def test_every_key_has_a_description() -> None:
    leaves = dict(_leaves(schema(checks())))
    assert len(leaves) > 10
    assert [path for path, leaf in leaves.items() if not leaf.get("description")] == []


@given(DOCUMENTS)
def test_accepts_what_the_reader_accepts(text: str) -> None:
    assert accepts(text)


def test_accepts_the_full_example() -> None:
    assert accepts(FULL)


READER_ONLY = {"float for int", "nan", "infinity", "package with a tag"}
"""Mistakes that a JSON Schema cannot see: JSON has one kind of number, and knows nothing of npm's ranges."""


def _readable() -> list[Any]:
    found = []
    for name, (text, *_) in MISTAKES.items():
        try:
            tomllib.loads(text)
        except (ValueError, RecursionError):
            continue
        found.append(pytest.param(name, text, id=name))
    return found


@pytest.mark.parametrize(("name", "text"), _readable())
def test_refuses_the_same_mistakes(name: str, text: str) -> None:
    assert accepts(text) is (name in READER_ONLY)


@given(st.from_regex(DURATION) | st.text(max_size=6))
def test_durations_are_the_same_for_schema_and_reader(text: str) -> None:
    said = f"[network]\ncache-max-age = {toml_string(text)}\n"
    try:
        parse(said, "f", CHECKS)
    except ConfigError:
        read = False
    else:
        read = True
    assert read or text.endswith("\n") or not accepts(said)
    assert accepts(said) or not read


def test_every_real_option_can_be_set() -> None:
    for check in checks():
        if check.options is None:
            continue
        assert set(option_metadata(check.options)) == set(shapes_of(check.options)), check.id
        assert not set(shapes_of(check.options)) & set(CheckTable.__struct_fields__), check.id
        defaults = check.options()
        for field, shape in shapes_of(check.options).items():
            value = getattr(defaults, field)
            if value is not None:
                assert shape.read(plain(value)) == value, f"{check.id}.{key_of(field)}"


@pytest.mark.parametrize("hint", [dict, object, bytes, int | str, list[int]])
def test_other_types_cannot_be_options(hint: Any) -> None:
    with pytest.raises(TypeError, match="cannot be set"):
        shape_of(hint)

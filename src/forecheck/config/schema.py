"""The JSON Schema (2020-12) of forecheck.toml, from the same declarations that read it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from forecheck.check import Check, Option, Stricter, Unknown
from forecheck.config.exceptions import MAX_LENGTH
from forecheck.config.file import (
    AdvisoriesTable,
    CheckTable,
    IgnoreTable,
    NetworkTable,
    PolicyTable,
    RegistriesTable,
    SourceTable,
    key_of,
    shapes_of,
    text_of,
)
from forecheck.config.settings import SOURCES, Advisories, Network, Registries, SourceSettings, Thresholds
from forecheck.config.shapes import plain, shape_of
from forecheck.model import UnavailableKind

Schema = dict[str, Any]

_STRICTER = {
    Stricter.HIGHER: "Higher is stricter.",
    Stricter.LOWER: "Lower is stricter.",
    Stricter.TRUE: "true is stricter.",
    Stricter.FALSE: "false is stricter.",
    Stricter.FEWER: "Fewer is stricter.",
}


def schema(checks: Iterable[Check]) -> Schema:
    """What editors and validators need to know; the same for every order of `checks`."""
    by_name = sorted(checks, key=lambda check: check.id)
    ignore = _table(IgnoreTable, {})
    ignore["properties"]["check"]["enum"] = [check.id for check in by_name]
    ignore["properties"]["package"]["maxLength"] = MAX_LENGTH
    ignore["required"] = ["check", "package", "reason"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "forecheck.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "policy": _policy(),
            "checks": _closed({check.id: _check(check) for check in by_name}, "Settings of single checks."),
            "ignore": {"type": "array", "items": ignore, "description": "Recorded exceptions."},
            "sources": _closed(
                {name: _source(settings) for name, settings in SOURCES.items()},
                "The services that evidence comes from.",
            ),
            "registries": _table(RegistriesTable, msgspec.structs.asdict(Registries())),
            "network": _table(NetworkTable, msgspec.structs.asdict(Network())),
            "advisories": _table(AdvisoriesTable, msgspec.structs.asdict(Advisories())),
        },
    }


def _policy() -> Schema:
    table = _table(PolicyTable, msgspec.structs.asdict(Thresholds()))
    meaning = shape_of(Unknown).schema
    keys = ("default", *(kind.value for kind in UnavailableKind))
    hint = next(field.type for field in msgspec.structs.fields(PolicyTable) if field.name == "unknown")
    table["properties"]["unknown"] = {
        "description": text_of(hint),
        "oneOf": [dict(meaning), _closed({key: dict(meaning) for key in keys})],
    }
    return table


def _check(check: Check) -> Schema:
    table = _table(CheckTable, {"enabled": True, "unknown": check.unknown})
    if check.options is not None:
        defaults = msgspec.structs.asdict(check.options())
        table["properties"].update(_table(check.options, defaults)["properties"])
    table["description"] = f"{check.title}."
    return table


def _source(settings: SourceSettings) -> Schema:
    table = _table(SourceTable, msgspec.structs.asdict(settings))
    if not settings.url:
        del table["properties"]["url"]
    return table


def _table(kind: type[msgspec.Struct], defaults: Mapping[str, Any]) -> Schema:
    """A table with the fields of a Struct; a default of "" means that there is none."""
    properties: Schema = {}
    shapes = shapes_of(kind)
    for field in (field for field in msgspec.structs.fields(kind) if field.name in shapes):
        one = {**shapes[field.name].schema, "description": _description(field.type)}
        if defaults.get(field.name, "") != "":
            one["default"] = plain(defaults[field.name])
        properties[key_of(field.name)] = one
    return _closed(properties)


def _description(hint: Any) -> str:
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Option):
            return f"{note.text} {_STRICTER[note.stricter]}"
    return text_of(hint)


def _closed(properties: Schema, description: str = "") -> Schema:
    table: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"description": description, **table} if description else table

"""Make `schemas/report-v1.schema.json` and the tables of `docs/json-report.md` from the report's own declarations.

python tools/make_report_schema.py
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from forecheck.reporters.json_wire import VERSION, Report

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "schemas" / f"report-v{VERSION}.schema.json"
DOCUMENT = ROOT / "docs" / "json-report.md"
START = "<!-- made by tools/make_report_schema.py: do not edit from here -->"


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12. Unknown fields are valid: a version may gain some."""
    made = msgspec.json.schema(Report)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:forecheck:report:{VERSION}",
        "title": f"forecheck report, version {VERSION}",
        **made,
    }


def tables() -> str:
    """Every object and every set of words in Markdown, in the order in which the report reaches them."""
    return "\n".join(line for name, one in schema()["$defs"].items() for line in _table(name, one))


def document(text: str) -> str:
    """The document with its tables made anew."""
    written, start, _ = text.partition(START)
    if not start:
        raise ValueError(f"{DOCUMENT} has lost the line {START!r}")
    return f"{written}{start}\n\n{tables()}"


def _table(name: str, one: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}"
    yield ""
    yield _one_line(one.get("description", ""))
    yield ""
    if "enum" in one:
        yield "One of " + ", ".join(f'`"{word}"`' for word in one["enum"]) + "."
        yield ""
        return
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for field, kind in one["properties"].items():
        yield f"| `{field}` | {_type(kind)} | {_meaning(kind)} |"
    yield ""


def _type(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        name = kind["$ref"].removeprefix("#/$defs/")
        return f"[{name}](#{name.lower()})"
    if "anyOf" in kind:
        return " or ".join(_type(part) for part in kind["anyOf"])
    if "enum" in kind:
        return " or ".join(f"`{json.dumps(word)}`" for word in kind["enum"])
    if kind["type"] == "array":
        return f"array of {_type(kind['items'])}"
    return f"{kind['type']} ({kind['format']})" if "format" in kind else str(kind["type"])


def _meaning(kind: dict[str, Any]) -> str:
    references = [kind, *kind.get("anyOf", ())]
    own = kind.get("description", "Tells the kinds apart." if "enum" in kind else "")
    if own or not any("$ref" in part for part in references):
        return _one_line(own)
    definitions = schema()["$defs"]
    names = [part["$ref"].removeprefix("#/$defs/") for part in references if "$ref" in part]
    return _one_line(definitions[names[0]]["description"]) if len(names) == 1 else ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    DOCUMENT.write_text(document(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

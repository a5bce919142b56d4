"""Real attestations, and real ones that somebody tampered with; `expected.json` says which is which."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "fixtures" / "attestations"
GOOD = (
    "npm-cli/valid-sigstore-attestations.json",
    "pacote/valid-attestations.json",
    "slsa-verifier/gundam-visor-cli-v1-tag.tgz.json",
    "sigstore-dotnet/playwright-cli-0.1.1-attestations.json",
)
"""Responses that cover every form npm has served: bundles 0.1 to 0.3, both entry kinds, both signers."""

Json = dict[str, Any]


@cache
def expected() -> dict[str, list[str]]:
    """By file, `ok` or `fail` for each of its attestations."""
    found: dict[str, list[str]] = json.loads((FOLDER / "expected.json").read_text())
    return found


def filed(name: str) -> list[Json]:
    """The entries of a response; a bare bundle counts as one that is filed under its own type."""
    document = json.loads((FOLDER / name).read_text())
    if "attestations" in document:
        entries: list[Json] = document["attestations"]
        return entries
    return [{"bundle": document}]


def bundle(name: str, at: int = 0) -> Json:
    found: Json = filed(name)[at]["bundle"]
    return found


def cases() -> Iterator[tuple[str, int, str]]:
    """File, place in it, verdict."""
    for name, verdicts in expected().items():
        for at, verdict in enumerate(verdicts):
            yield name, at, verdict


def encoded(one: Json) -> bytes:
    return json.dumps(one).encode()


def integrities() -> dict[str, str]:
    """The integrity of the tarball that each response is about, where it is known."""
    rows = (FOLDER / "integrity.tsv").read_text().splitlines()[1:]
    return dict(row.split("\t") for row in rows)

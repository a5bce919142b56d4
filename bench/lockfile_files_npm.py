"""Made-up lockfiles of any size in npm's formats and bun's: the same bytes in every run.

A quarter of the names are scoped, a tenth of the packages are second copies nested in another, each package asks for
up to four later ones, and every integrity is a random SHA-512.
"""

import base64
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

REGISTRY = "https://registry.npmjs.org/"
_SEED = 20260301
_SPAN = 40  # a package depends on some of the next so many
_COPY = "^99.0.0"


class Made(msgspec.Struct, frozen=True):
    """One package: `inside` is the name of the package its copy is nested in, empty for the top level."""

    name: str
    version: str
    integrity: str
    inside: str
    dependencies: Mapping[str, str]

    @property
    def url(self) -> str:
        return f"{REGISTRY}{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"


def npm3(packages: int) -> bytes:
    """package-lock.json, lockfileVersion 3."""
    return _text(
        {"name": "made", "version": "1.0.0", "lockfileVersion": 3, "requires": True} | _new(packages)
    )


def npm2(packages: int) -> bytes:
    """package-lock.json, lockfileVersion 2: the same tree twice."""
    head = {"name": "made", "version": "1.0.0", "lockfileVersion": 2, "requires": True}
    return _text(head | _new(packages) | {"dependencies": _old(packages)})


def npm1(packages: int) -> bytes:
    """package-lock.json, lockfileVersion 1."""
    head = {"name": "made", "version": "1.0.0", "lockfileVersion": 1, "requires": True}
    return _text(head | {"dependencies": _old(packages)})


def bun(packages: int) -> bytes:
    """bun.lock, lockfileVersion 1, as bun writes it: one package a line, with trailing commas."""
    lines = ["{", '  "lockfileVersion": 1,', '  "workspaces": {', '    "": {', '      "name": "made",']
    lines.append('      "dependencies": {')
    lines.extend(
        f"        {json.dumps(name)}: {json.dumps(wanted)}," for name, wanted in _direct(packages).items()
    )
    lines.extend(["      },", "    },", "  },", '  "packages": {'])
    for made in _packages(packages):
        info = json.dumps({"dependencies": made.dependencies} if made.dependencies else {})
        key = f"{made.inside}/{made.name}" if made.inside else made.name
        lines.append(f'    "{key}": ["{made.name}@{made.version}", "", {info}, "{made.integrity}"],')
        lines.append("")
    lines.extend(["  }", "}"])
    return "\n".join(lines).encode()


def _new(packages: int) -> dict[str, Any]:
    root = {"name": "made", "version": "1.0.0", "dependencies": _direct(packages)}
    entries: dict[str, Any] = {"": root}
    for made in _packages(packages):
        parent = f"node_modules/{made.inside}/" if made.inside else ""
        fields: dict[str, Any] = {
            "version": made.version,
            "resolved": made.url,
            "integrity": made.integrity,
            "license": "MIT",
        }
        if made.dependencies:
            fields["dependencies"] = made.dependencies
        fields["engines"] = {"node": ">=18"}
        entries[f"{parent}node_modules/{made.name}"] = fields
    return {"packages": entries}


def _old(packages: int) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for made in _packages(packages):
        fields: dict[str, Any] = {
            "version": made.version,
            "resolved": made.url,
            "integrity": made.integrity,
        }
        if made.dependencies:
            fields["requires"] = made.dependencies
        place = entries[made.inside].setdefault("dependencies", {}) if made.inside else entries
        place[made.name] = fields
    return entries


def _direct(packages: int) -> dict[str, str]:
    """What nothing else asks for, so that every package is reached."""
    made = list(_packages(packages))
    needed = {name for one in made for name, wanted in one.dependencies.items() if wanted != _COPY}
    return {one.name: f"^{one.version}" for one in made if not one.inside and one.name not in needed}


def _packages(count: int) -> Iterator[Made]:
    dice = random.Random(_SEED)
    copies: dict[str, str] = {}
    nested = count // 10
    top = count - nested
    names = [f"@scope{at % 97}/made-{at}" if at % 4 == 0 else f"made-{at}" for at in range(top)]
    versions = [f"{dice.randrange(9)}.{dice.randrange(20)}.{dice.randrange(20)}" for _ in range(top)]
    for at in range(top):
        later = sorted({at + dice.randrange(1, _SPAN) for _ in range(dice.randrange(5))})
        wanted = {names[other]: f"^{versions[other]}" for other in later if other < top}
        copied = next(iter(wanted), "") if nested else ""
        if copied:
            wanted[copied] = _COPY
        yield Made(names[at], versions[at], _integrity(dice), "", wanted)
        if copied:
            nested -= 1
            integrity = copies.setdefault(copied, _integrity(dice))
            yield Made(copied, "99.0.1", integrity, names[at], {})


def _integrity(dice: random.Random) -> str:
    return "sha512-" + base64.b64encode(dice.randbytes(64)).decode()


def _text(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=2).encode() + b"\n"

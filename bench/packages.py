"""What the benchmark's registry offers: crafted packages, the same ones in every run."""

import base64
import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.registry import Registry

SEED = 20260301
TREE_SIZE = 500
TREE_DIRECT = 40
TARBALL_BYTES = 20_000
_FILES = 10
_SPAN = 60  # a package depends on some of the next so many
_FIRST = datetime(2021, 3, 1, tzinfo=UTC)
_SYLLABLES = (
    "bra",
    "cor",
    "dun",
    "fel",
    "gim",
    "hos",
    "jat",
    "kil",
    "lom",
    "mer",
    "nup",
    "rov",
    "sab",
    "tiv",
    "wex",
)


def names(count: int) -> list[str]:
    """Made-up names that are on no list of popular packages."""
    dice = random.Random(SEED)
    return [
        f"{'-'.join(''.join(dice.choices(_SYLLABLES, k=2)) for _ in range(2))}-{i:03d}" for i in range(count)
    ]


def publish_flat(registry: Registry, count: int) -> list[str]:
    """Packages that depend on nothing, so that direct dependencies are all there is; gives their names."""
    chosen = names(count)
    for name in chosen:
        _publish(registry, name, (), files={})
    registry.set_downloads(dict.fromkeys(chosen, 250_000))
    return chosen


def publish_tree(registry: Registry) -> list[str]:
    """`TREE_SIZE` packages of about `TARBALL_BYTES`, each needing a few later ones; gives the direct ones."""
    dice = random.Random(SEED + 1)
    chosen = names(TREE_SIZE)
    needed: dict[int, set[int]] = {i: set() for i in range(TREE_SIZE)}
    for i in range(TREE_DIRECT, TREE_SIZE):  # whoever is not direct is wanted by somebody before it
        needed[dice.randrange(max(0, i - _SPAN), i)].add(i)
    for i in range(TREE_SIZE - 1):
        later = range(i + 1, min(i + _SPAN, TREE_SIZE))
        needed[i].update(dice.sample(later, k=min(len(later), dice.randrange(3))))
    for i, name in enumerate(chosen):
        _publish(registry, name, [chosen[j] for j in sorted(needed[i])], files=_sources(dice))
    registry.set_downloads(dict.fromkeys(chosen, 250_000))
    return chosen[:TREE_DIRECT]


def _sources(dice: random.Random) -> Mapping[str, bytes]:
    """Text that gzip brings down to about the wanted size: base64 shrinks to three quarters again."""
    size = TARBALL_BYTES // _FILES
    return {f"lib/part{k}.js": b"// " + base64.b64encode(dice.randbytes(size)) for k in range(_FILES)}


def _publish(registry: Registry, name: str, needs: Sequence[str], files: Mapping[str, bytes]) -> None:
    for minor in range(3):
        registry.publish(
            name,
            f"1.{minor}.0",
            time=_FIRST.replace(year=_FIRST.year + minor),
            dependencies=dict.fromkeys(needs, "^1.0.0"),
            manifest={"license": "MIT", "description": "Made for a benchmark"},
            files={"README.md": b"Made for a benchmark.\n", **(files if minor == 2 else {})},
        )


def write_project(folder: Path, dependencies: Sequence[str]) -> Path:
    """A project that wants these packages at ^1.0.0, without a lockfile."""
    folder.mkdir(parents=True)
    manifest = {
        "name": "application",
        "version": "1.0.0",
        "private": True,
        "scripts": {"x": "true"},
        "dependencies": dict.fromkeys(dependencies, "^1.0.0"),
    }
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return folder

"""Small projects with lockfiles of npm's own, and everything that people and tools do to them afterwards."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.fakes.registry import Registry

Json = dict[str, Any]
Mutation = Callable[[Json, Json, Random], None]

RANGES = (
    "^1.0.0",
    "*",
    "",
    "1.x",
    "~1.1.0",
    ">=1.0.0 <3",
    "2.0.0",
    "^2.0.0",
    "^1.0.0 || ^2.0.0",
    "1.0.0 - 1.1.0",
)
NAMES = ("a", "b", "c", "d", "@s/e", "f", "g", "plug", "host", "nat")


def publish(registry: Registry) -> None:
    """A few packages with dependencies of every kind, each at 1.0.0, 1.1.0 and 2.0.0."""
    needs: dict[str, Json] = {
        "a": {"dependencies": {"b": "^1.0.0", "c": "*"}},
        "b": {"dependencies": {"c": "^1.0.0"}},
        "c": {},
        "d": {"dependencies": {"c": "^2.0.0", "b-alias": "npm:b@^2.0.0"}},
        "@s/e": {"dependencies": {"f": "~1.1.0"}, "optionalDependencies": {"nat": "^1.0.0"}},
        "f": {"dependencies": {"@s/e": "^1.0.0"}},
        "g": {"peerDependencies": {"c": ">=1"}, "dependencies": {"d": "^1.0.0"}},
        "host": {},
        "plug": {
            "peerDependencies": {"host": "^1.0.0", "f": "*"},
            "peerDependenciesMeta": {"f": {"optional": True}},
        },
        "nat": {"os": ["aix"], "dependencies": {"c": "^1.0.0"}},
    }
    for name, fields in needs.items():
        for version in ("1.0.0", "1.1.0", "2.0.0"):
            registry.publish(name, version, manifest=fields)


def manifest_of(dice: Random) -> Json:
    """A project's package.json, without workspaces."""
    made: Json = {"name": "app", "version": "1.0.0"}
    for section, most in (
        ("dependencies", 4),
        ("devDependencies", 2),
        ("optionalDependencies", 2),
        ("peerDependencies", 1),
    ):
        names = dice.sample(NAMES, k=dice.randrange(most + 1))
        if names:
            made[section] = {name: dice.choice(RANGES) for name in names}
    if dice.random() < 0.2:
        made.setdefault("dependencies", {})["other"] = (
            f"npm:{dice.choice(NAMES)}@{dice.choice(RANGES) or '*'}"
        )
    if made.get("peerDependencies") and dice.random() < 0.5:
        made["peerDependenciesMeta"] = {name: {"optional": True} for name in made["peerDependencies"]}
    return made


def _packages(lock: Json) -> list[str]:
    return [location for location in lock["packages"] if location]


def _pick(lock: Json, dice: Random) -> Json:
    found: Json = lock["packages"][dice.choice(_packages(lock) or [""])]
    return found


def _drop_an_entry(_: Json, lock: Json, dice: Random) -> None:
    lock["packages"].pop(dice.choice(_packages(lock) or ["none"]), None)


def _copy_an_entry(_: Json, lock: Json, dice: Random) -> None:
    places = _packages(lock)
    if places:
        where, what = dice.choice(places), dice.choice(places)
        lock["packages"][f"{where}/{what[what.rindex('node_modules/') :]}"] = dict(lock["packages"][what])


def _other_version(_: Json, lock: Json, dice: Random) -> None:
    _pick(lock, dice)["version"] = dice.choice(("1.0.0", "1.1.0", "2.0.0", "2.0.0-beta.1"))


def _other_need(_: Json, lock: Json, dice: Random) -> None:
    section = dice.choice(("dependencies", "optionalDependencies", "peerDependencies", "devDependencies"))
    _pick(lock, dice).setdefault(section, {})[dice.choice(NAMES)] = dice.choice(RANGES)


def _one_need_less(_: Json, lock: Json, dice: Random) -> None:
    entry = _pick(lock, dice)
    for section in ("dependencies", "optionalDependencies", "peerDependencies"):
        if entry.get(section):
            del entry[section][dice.choice(list(entry[section]))]
            return


def _other_flag(_: Json, lock: Json, dice: Random) -> None:
    entry, flag = (
        _pick(lock, dice),
        dice.choice(("dev", "optional", "devOptional", "peer", "extraneous", "inBundle")),
    )
    if not entry.pop(flag, False):
        entry[flag] = True


def _other_wish(manifest: Json, _: Json, dice: Random) -> None:
    section = dice.choice(("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"))
    manifest.setdefault(section, {})[dice.choice(NAMES)] = dice.choice(RANGES)


def _other_wish_in_both(manifest: Json, lock: Json, dice: Random) -> None:
    _other_wish(manifest, lock, dice)
    for section in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
        if section in manifest:
            lock["packages"][""][section] = dict(manifest[section])


def _overridden(manifest: Json, _: Json, dice: Random) -> None:
    manifest["overrides"] = {dice.choice(NAMES): dice.choice(("1.0.0", "2.0.0"))}


def _other_name(_: Json, lock: Json, dice: Random) -> None:
    _pick(lock, dice)["name"] = dice.choice(NAMES)


def _other_source(_: Json, lock: Json, dice: Random) -> None:
    _pick(lock, dice)["resolved"] = dice.choice(
        ("git+ssh://git@host/x.git#0123456789abcdef0123456789abcdef01234567", "file:x")
    )


def _optional_peers(_: Json, lock: Json, dice: Random) -> None:
    entry = _pick(lock, dice)
    if entry.get("peerDependencies"):
        entry["peerDependenciesMeta"] = {
            name: {"optional": dice.random() < 0.7} for name in entry["peerDependencies"]
        }


def _nothing(_: Json, __: Json, ___: Random) -> None:
    pass


MUTATIONS: tuple[Mutation, ...] = (
    _nothing, _drop_an_entry, _copy_an_entry, _other_version, _other_need, _one_need_less, _other_flag, _other_wish,
    _other_wish_in_both, _overridden, _other_name, _other_source, _optional_peers,
)  # fmt: skip


def write(folder: Path, manifest: Json, lock: Json) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(manifest))
    (folder / "package-lock.json").write_text(json.dumps(lock))

"""What the lockfile rules go by: edges and their answers, pins, sources that are not plain."""

from typing import Any

import msgspec
import pytest

from evals.lockfile.clean import CLEAN, DEBUG, MS
from forecheck import discover
from forecheck.analysis.locators import archive_url
from forecheck.engine import Facts
from forecheck.evidence.lock_pins import LockPins, Pin
from forecheck.evidence.lock_project import (
    GIVEN,
    ConfiguredRegistries,
    LockfileNeighbours,
    LockfileReading,
    Manifest,
    ProjectManifests,
)
from forecheck.evidence.lock_sources import LockSources
from forecheck.evidence.lock_tree import LockTree
from forecheck.graph import wire
from forecheck.lockfiles.format import format_of
from forecheck.model import LockedFile, Lockfile


def facts(name: str, text: str, manifests: ProjectManifests | None = None) -> tuple[Facts, LockedFile]:
    registries = ConfiguredRegistries()
    format_ = format_of(discover.formats(), name, text.encode())
    assert format_ is not None
    lockfile = format_.read(text.encode(), name, registries.registry_for)
    checks = discover.checks("lockfile")
    context: dict[type, Any] = {
        Lockfile: lockfile,
        ConfiguredRegistries: registries,
        ProjectManifests: manifests or ProjectManifests(),
        LockfileNeighbours: LockfileNeighbours(),
        LockfileReading: LockfileReading(),
    }
    return Facts(wire(checks, discover.sources("lock_"), GIVEN), context), LockedFile(name, format_.id)


@pytest.mark.parametrize("format_", CLEAN)
def test_every_edge_of_every_format_is_answered(format_: str) -> None:
    known, subject = facts(*CLEAN[format_])
    tree: LockTree = known.get(LockTree, subject)
    answered = {(edge.name, target.release.version) for _, edge, target in tree.links}
    assert ("ms", "2.1.3") in answered
    assert tree.unanswered == ()


@pytest.mark.parametrize("format_", CLEAN)
def test_nothing_about_a_clean_lockfile_is_odd(format_: str) -> None:
    known, subject = facts(*CLEAN[format_])
    sources: LockSources = known.get(LockSources, subject)
    pins: LockPins = known.get(LockPins, subject)
    assert sources.odd == ()
    assert (pins.loose, pins.shared, pins.pinned) == ((), (), 2)


def test_npm_s_old_format_is_read_with_the_manifest() -> None:
    manifest = Manifest(dependencies={"sw": "npm:string-width@^4.0.0"})
    text = '{"lockfileVersion": 1, "dependencies": {"sw": {"version": "npm:string-width@4.2.3"}}}'
    known, subject = facts("package-lock.json", text, ProjectManifests({"": manifest}))
    tree: LockTree = known.get(LockTree, subject)
    assert [(edge.wanted, target.release.name) for _, edge, target in tree.links] == [
        ("npm:string-width@^4.0.0", "string-width")
    ]


def test_the_nearest_node_modules_answers() -> None:
    packages = {
        "": {"dependencies": {"a": "1.0.0", "c": "1.0.0"}},
        "node_modules/a": {"version": "1.0.0", "dependencies": {"c": "^2.0.0"}},
        "node_modules/a/node_modules/c": {"version": "2.0.0"},
        "node_modules/c": {"version": "1.0.0"},
    }
    text = msgspec.json.encode({"lockfileVersion": 3, "packages": packages}).decode()
    known, subject = facts("package-lock.json", text)
    tree: LockTree = known.get(LockTree, subject)
    found = {(by.location, edge.name): target.location for by, edge, target in tree.links}
    assert found["node_modules/a", "c"] == "node_modules/a/node_modules/c"
    assert found["", "c"] == "node_modules/c"
    assert tree.reached() == frozenset(packages)


@pytest.mark.parametrize(
    ("integrity", "pin"),
    [
        ("", Pin.MISSING),
        ("sha1-V0yBOM4dK1hh8LRFedut1gxmFbI=", Pin.SHA1),
        ("md5-AAAAAAAAAAAAAAAAAAAAAA==", Pin.MD5),
        ("sha999-x", Pin.MALFORMED),
        (MS[:-4], Pin.MALFORMED),
        (MS.replace("sha512", "SHA512"), Pin.MALFORMED),
        (f"{MS} {DEBUG}", Pin.SEVERAL),
        (f"{MS} junk", Pin.MALFORMED),
    ],
)
def test_how_a_hash_can_fall_short(integrity: str, pin: Pin) -> None:
    name, text = CLEAN["npm v3"]
    known, subject = facts(name, text.replace(MS, integrity))
    pins: LockPins = known.get(LockPins, subject)
    assert [one.pin for one in pins.loose] == [pin]


@pytest.mark.parametrize(
    ("overrides", "names"),
    [
        ({"overrides": {"ms": "1", "debug": {"supports-color": "2"}}}, {"ms", "debug", "supports-color"}),
        ({"resolutions": {"**/@s/b": "1", "a/c": "1", "d@npm:^1": "2"}}, {"@s/b", "c", "d"}),
        ({"pnpm": {"overrides": {"foo>bar@1": "2", "baz": "$baz"}}}, {"bar", "baz"}),
        ({"overrides": "no table"}, set()),
    ],
)
def test_what_the_project_overrides(overrides: dict[str, object], names: set[str]) -> None:
    manifest = msgspec.convert(overrides, Manifest)
    assert ProjectManifests({"": manifest}).overridden() == names


def test_yarn_reads_escapes_in_the_names_of_parameters() -> None:
    assert (
        archive_url("npm:1.0.0::__archiveUr%6C=https%3A%2F%2Fx.example%2Fa.tgz") == "https://x.example/a.tgz"
    )

"""What changed between two lockfiles, as a reviewer asks."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfiles.compare import ChangeKind, Changes, compare
from forecheck.lockfiles.npm import parse
from forecheck.lockfiles.yarn_classic import parse as parse_yarn
from forecheck.model import Lockfile

PUBLIC = "https://registry.npmjs.org/"
ONE, OTHER = f"sha512-{'A' * 86}==", f"sha512-{'B' * 86}=="
SHA1 = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="


def lock(**packages: Any) -> Lockfile:
    """Entries by folder name; a text stands for a version with its usual integrity."""
    entries: dict[str, Any] = {"": {"name": "p"}}
    for name, said in packages.items():
        one = {"version": said, "integrity": ONE} if isinstance(said, str) else said
        entries["node_modules/" + name.replace("__", "/node_modules/")] = one
    whole = {"lockfileVersion": 3, "packages": entries}
    return parse(json.dumps(whole).encode(), "package-lock.json", lambda _: PUBLIC)


def told(changes: Changes) -> list[tuple[ChangeKind, str, str, str]]:
    return [
        (
            change.kind,
            change.entry.release.name,
            change.before.release.version if change.before else "",
            change.after.release.version if change.after else "",
        )
        for change in changes.changes
    ]


def test_up_down_in_and_out() -> None:
    found = compare(
        lock(a="1.0.0", b="2.0.0", c="1.0.0", d="1.0.0"), lock(a="1.1.0", b="1.9.0", d="1.0.0", e="0.1.0")
    )
    assert told(found) == [
        (ChangeKind.DOWNGRADED, "b", "2.0.0", "1.9.0"),
        (ChangeKind.UPGRADED, "a", "1.0.0", "1.1.0"),
        (ChangeKind.ADDED, "e", "", "0.1.0"),
        (ChangeKind.REMOVED, "c", "1.0.0", ""),
    ]
    assert found.kept == 1
    assert [change.new_name for change in found.changes] == [False, False, True, False]


def test_a_prerelease_is_lower_than_its_release() -> None:
    assert told(compare(lock(a="1.0.0"), lock(a="1.0.0-beta.1")))[0][0] is ChangeKind.DOWNGRADED
    assert told(compare(lock(a="1.9.0"), lock(a="1.10.0")))[0][0] is ChangeKind.UPGRADED


def test_other_bytes_under_the_same_version_come_first() -> None:
    after = lock(a={"version": "1.0.0", "integrity": OTHER}, b="2.0.0")
    found = compare(lock(a="1.0.0", b="1.0.0"), after)
    assert told(found)[0] == (ChangeKind.INTEGRITY, "a", "1.0.0", "1.0.0")


def test_another_source_under_the_same_version() -> None:
    moved = {"version": "1.0.0", "integrity": ONE, "resolved": "https://evil.example/a-1.0.0.tgz"}
    [change] = compare(lock(a="1.0.0"), lock(a=moved)).changes
    assert change.kind is ChangeKind.SOURCE
    [worse] = compare(lock(a="1.0.0"), lock(a={**moved, "integrity": OTHER})).changes
    assert worse.kind is ChangeKind.INTEGRITY


def test_one_bad_copy_among_good_ones_is_seen() -> None:
    before = lock(a="1.0.0", b="1.0.0", b__a="1.0.0")
    after = lock(a="1.0.0", b="1.0.0", b__a={"version": "1.0.0", "integrity": OTHER})
    assert told(compare(before, after)) == [(ChangeKind.INTEGRITY, "a", "1.0.0", "1.0.0")]


@pytest.mark.parametrize(
    "integrity", [f"{SHA1} {ONE}", f"{ONE}?option", f"{ONE} {ONE}"], ids=["sha1 too", "option", "twice"]
)
def test_a_hash_that_says_nothing_else_is_no_difference(integrity: str) -> None:
    after = lock(a={"version": "1.0.0", **({"integrity": integrity} if integrity else {})})
    assert compare(lock(a="1.0.0"), after).changes == ()


def one_change(before: dict[str, Any], after: dict[str, Any]) -> ChangeKind:
    [change] = compare(lock(a={"version": "1.0.0", **before}), lock(a={"version": "1.0.0", **after})).changes
    return change.kind


def test_a_second_hash_lets_other_bytes_in() -> None:
    assert one_change({"integrity": ONE}, {"integrity": f"{ONE} {OTHER}"}) is ChangeKind.INTEGRITY
    both, one = lock(a={"version": "1.0.0", "integrity": f"{ONE} {OTHER}"}), lock(a="1.0.0")
    assert compare(both, one).changes == ()


@pytest.mark.parametrize(
    ("before", "after"), [(ONE, SHA1), (SHA1, ONE), (ONE, ""), (SHA1, ""), (f"{SHA1} {ONE}", SHA1)]
)
def test_a_hash_of_another_kind_or_none(before: str, after: str) -> None:
    assert one_change({"integrity": before}, {"integrity": after} if after else {}) is ChangeKind.REPINNED


def test_a_first_hash_is_no_change() -> None:
    assert compare(lock(a={"version": "1.0.0"}), lock(a="1.0.0")).changes == ()


def test_another_format_may_record_less() -> None:
    whole = f'a@1.0.0:\n  version "1.0.0"\n  integrity {ONE}\n'
    bare = f'a@1.0.0:\n  version "1.0.0"\n  resolved "{PUBLIC}a/-/a-1.0.0.tgz"\n'
    yarn = [parse_yarn(text.encode(), "yarn.lock", lambda _: PUBLIC) for text in (whole, bare)]
    assert compare(lock(a="1.0.0"), yarn[1]).changes == ()
    assert [one.kind for one in compare(yarn[0], yarn[1]).changes] == [ChangeKind.REPINNED]


def test_the_projects_own_folders_are_no_packages() -> None:
    linked = {"resolved": "packages/w", "link": True}
    assert compare(lock(), lock(w=linked)).changes == ()
    assert told(compare(lock(), lock(w={"resolved": "../w", "link": True})))[0][0] is ChangeKind.ADDED


def test_moving_a_copy_is_no_change() -> None:
    assert compare(lock(a="1.0.0", b="1.0.0"), lock(b="1.0.0", b__a="1.0.0")).changes == ()


def test_versions_are_paired_highest_with_highest() -> None:
    before = lock(a="1.0.0", b="1.0.0", b__a="2.0.0")
    after = lock(a="1.5.0", b="1.0.0", b__a="2.5.0")
    assert told(compare(before, after)) == [
        (ChangeKind.UPGRADED, "a", "2.0.0", "2.5.0"),
        (ChangeKind.UPGRADED, "a", "1.0.0", "1.5.0"),
    ]


def test_a_script_counts_as_new_once_it_appears() -> None:
    quiet, loud = {"version": "1.0.0"}, {"version": "1.1.0", "hasInstallScript": True}
    [change] = compare(lock(a=quiet), lock(a=loud)).changes
    assert change.new_script
    [change] = compare(lock(a={**quiet, "hasInstallScript": True}), lock(a=loud)).changes
    assert not change.new_script


def test_from_nothing_and_to_nothing() -> None:
    assert [change.kind for change in compare(None, lock(a="1.0.0")).changes] == [ChangeKind.ADDED]
    assert [change.kind for change in compare(lock(a="1.0.0"), None).changes] == [ChangeKind.REMOVED]


VERSIONS = st.sampled_from(["1.0.0", "1.0.0-a", "2.0.0", "weird"])
LOCKS = st.dictionaries(
    st.sampled_from(["a", "b", "a__b", "b__a"]),
    st.builds(
        lambda version, integrity: {"version": version, "integrity": integrity},
        VERSIONS,
        st.sampled_from([ONE, OTHER, SHA1]),
    ),
).map(lambda packages: lock(**packages))


@given(LOCKS)
def test_nothing_differs_from_itself(one: Lockfile) -> None:
    assert compare(one, one).changes == ()


@given(LOCKS, LOCKS)
def test_both_directions_tell_of_the_same_versions(one: Lockfile, other: Lockfile) -> None:
    forth, back = compare(one, other), compare(other, one)
    mirrored = {
        ChangeKind.ADDED: ChangeKind.REMOVED,
        ChangeKind.REMOVED: ChangeKind.ADDED,
        ChangeKind.UPGRADED: ChangeKind.DOWNGRADED,
        ChangeKind.DOWNGRADED: ChangeKind.UPGRADED,
    }
    moved = [(mirrored[kind], name, new, old) for kind, name, old, new in told(forth) if kind in mirrored]
    assert sorted(moved) == sorted(change for change in told(back) if change[0] in mirrored)

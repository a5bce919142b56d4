from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.model import Change, Lockfile, Missing, Plan, Unresolved
from forecheck.resolve.plan import plan_of
from tests.resolve.locking import PUBLIC, locked, needs

GONE = Unresolved("gone", "*", PUBLIC, Missing.PACKAGE)


def planned(after: Lockfile, before: Lockfile | None = None, **more: Any) -> Plan:
    return plan_of(after, before, manager="npm", manager_version="11.0.0", **more)


def changes(plan: Plan) -> dict[str, Change]:
    return {step.entry.location: step.change for step in plan.steps}


def test_with_nothing_there_everything_is_added() -> None:
    plan = planned(locked({"": {"dependencies": needs("a")}, "+a": {}, "+stray": {}}), unresolved=(GONE,))
    assert changes(plan) == {"node_modules/a": Change.ADDED, "node_modules/stray": Change.ADDED}
    assert [step.because for step in plan.steps] == [("a@1.0.0",), ()]
    assert plan.unresolved == (GONE,)


BEFORE = {"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz", "integrity": "sha512-one"}


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({}, Change.KEPT),
        ({"dev": True}, Change.KEPT),
        ({"integrity": ""}, Change.KEPT),
        ({"integrity": "sha512-two"}, Change.CHANGED),
        ({"version": "2.0.0"}, Change.CHANGED),
        ({"name": "other"}, Change.CHANGED),
        ({"resolved": "https://elsewhere.example/a.tgz"}, Change.CHANGED),
    ],
)
def test_one_entry_against_what_is_there(fields: dict[str, Any], change: Change) -> None:
    before = locked({"": {"dependencies": needs("a")}, "+a": BEFORE})
    after = locked({"": {"dependencies": needs("a")}, "+a": {**BEFORE, **fields}})
    (step,) = planned(after, before, on_disk={"node_modules/a"}).steps
    assert step.change is change
    assert step.before == before.entries[1]
    assert step.on_disk is (change is Change.KEPT)


def test_what_is_locked_but_was_not_seen_on_disk_does_not_count_as_installed() -> None:
    lockfile = locked({"": {"dependencies": needs("a")}, "+a": {}})
    assert [step.on_disk for step in planned(lockfile, lockfile).steps] == [False]


def test_what_goes_away_is_a_step_but_not_an_install() -> None:
    plan = planned(locked({"": {}}), locked({"": {}, "+a": {}}), on_disk={"node_modules/a"})
    assert changes(plan) == {"node_modules/a": Change.REMOVED}
    assert plan.installs() == ()
    assert not plan.steps[0].on_disk


def test_the_projects_own_folders_are_no_steps_and_folders_outside_are() -> None:
    lockfile = locked(
        {
            "": {"workspaces": ["w"], "dependencies": needs("out", "abs", "sly")},
            "w": {"name": "w"},
            "../out": {"name": "out"},
            "+w": {"resolved": "w", "link": True},
            "+out": {"resolved": "../out", "link": True},
            "+abs": {"resolved": "/opt/abs", "link": True},
            "+sly": {"resolved": "w/../../sly", "link": True},
        }
    )
    assert set(changes(planned(lockfile))) == {"node_modules/out", "node_modules/abs", "node_modules/sly"}


LOCATIONS = st.sampled_from(["+a", "+b", "+a/+b", "+@s/c", "+b/+a"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "version": st.sampled_from(["1.0.0", "2.0.0"]),
        "integrity": st.sampled_from(["sha512-x", "sha512-y"]),
        "dependencies": st.sampled_from([needs("a"), needs("b", "@s/c")]),
    },
)
LOCKFILES = st.dictionaries(LOCATIONS, FIELDS).map(
    lambda tree: locked({"": {"dependencies": needs("a")}, **tree})
)


@given(LOCKFILES)
def test_nothing_differs_from_itself(lockfile: Lockfile) -> None:
    assert {step.change for step in planned(lockfile, lockfile).steps} <= {Change.KEPT}


@given(LOCKFILES, LOCKFILES, st.sets(st.sampled_from(["node_modules/a", "node_modules/b"])))
def test_every_package_of_either_side_is_one_step(
    after: Lockfile, before: Lockfile, on_disk: set[str]
) -> None:
    plan = planned(after, before, on_disk=on_disk)
    expected = {entry.location for entry in (*after.entries, *before.entries)} - {""}
    assert sorted(step.entry.location for step in plan.steps) == sorted(expected)
    for step in plan.steps:
        assert not step.on_disk or (step.change is Change.KEPT and step.entry.location in on_disk)
        assert (
            step.change is Change.REMOVED or not step.because or step.because[-1] == step.entry.release.spec
        )

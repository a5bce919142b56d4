import pytest

from forecheck.discover import checks, reporter, reporters, sources
from forecheck.graph import wire
from forecheck.model import LockedFile, Release, Service, Unresolved


def test_checks_are_ordered_and_named_once() -> None:
    found = [(check.category, check.id) for check in checks()]
    assert found == sorted(found)
    assert len({name for _, name in found}) == len(found)
    assert {check.subject for check in checks()} == {LockedFile, Release, Service, Unresolved}


def test_a_check_that_another_module_imports_is_found_once() -> None:
    runs = [check.run for check in checks()]
    assert all(check.run.__module__.startswith("forecheck.checks.") for check in checks())
    assert len(set(runs)) == len(runs)


def test_sources_give_different_things() -> None:
    gives = [source.gives for source in sources()]
    assert len(set(gives)) == len(gives)


def test_every_check_can_be_wired_from_the_sources_and_a_few_ports() -> None:
    given = {need for source in sources() for need in source.needs.values()} - {
        source.gives for source in sources()
    }
    needed = {need for check in checks() for need in check.evidence.values()}
    own = {source.gives for source in sources()}
    wiring = wire(checks(), sources(), [*given, *(needed - own)])
    assert set(wiring.by_type) <= own


def test_reporters_are_found_by_name() -> None:
    assert {"text", "json"} <= {found.id for found in reporters()}
    assert reporter("json").id == "json"
    with pytest.raises(KeyError):
        reporter("xml")

"""Which commands the repairs come to: one for each manifest that has to change, under the names used there."""

from forecheck.evidence.asked_for import Declared
from forecheck.model import FromRegistry, Release
from forecheck.resolve.repairs import Repair, Repairs


def repair(name: str, to: str, *places: tuple[str, str], within: bool = False) -> Repair:
    release = Release(name, "1.0.0", FromRegistry("https://registry.npmjs.org/"))
    declared = tuple(Declared(project, known_as) for project, known_as in places)
    names = tuple(dict.fromkeys(known_as for _, known_as in places))
    return Repair(release, to, within, names, declared, (f"{name}@1.0.0",), ("GHSA-1",))


def test_each_manifest_gets_its_own_install() -> None:
    wanted = Repairs(
        updates=(),
        installs=(
            repair("a", "2.0.0", ("", "a"), ("parts/x", "a")),
            repair("b", "3.0.0", ("parts/x", "nick")),
            repair("@s/c", "2.0.0", ("", "@s/c")),
        ),
        impossible=(),
    )
    assert wanted.commands() == (
        ("install", "a@2.0.0", "@s/c@2.0.0"),
        ("install", "a@2.0.0", "nick@npm:b@3.0.0", "--workspace=parts/x"),
    )


def test_one_update_names_everything_as_it_is_installed() -> None:
    updates = (
        repair("a", "1.0.1", ("", "a"), ("", "nick"), within=True),
        repair("b", "1.0.1", ("", "b"), within=True),
    )
    assert Repairs(updates, (), ()).commands() == (("update", "a", "nick", "b"),)
    assert Repairs((), (), ()).commands() == ()


def test_what_only_other_packages_ask_for_cannot_be_installed_over() -> None:
    assert not repair("a", "2.0.0").possible
    assert not repair("a", "", ("", "a")).possible
    assert repair("a", "2.0.0", ("", "a")).possible
    assert repair("a", "1.0.1", within=True).possible

import pytest

from forecheck.resolve.paths import dependency_paths
from tests.resolve.locking import locked, needs


def test_the_nearest_copy_is_the_one_that_is_loaded() -> None:
    lockfile = locked(
        {
            "": {"dependencies": needs("a", "c")},
            "+a": {"dependencies": needs("b")},
            "+a/+b": {"version": "2.0.0", "dependencies": needs("c")},
            "+b": {},
            "+c": {"dependencies": needs("b")},
        }
    )
    assert dependency_paths(lockfile) == {
        "node_modules/a": ("a@1.0.0",),
        "node_modules/c": ("c@1.0.0",),
        "node_modules/a/node_modules/b": ("a@1.0.0", "b@2.0.0"),
        "node_modules/b": ("c@1.0.0", "b@1.0.0"),
    }


def test_scoped_folders_are_one_step() -> None:
    lockfile = locked(
        {
            "": {"dependencies": needs("@s/a")},
            "+@s/a": {"dependencies": needs("@s/b", "c")},
            "+@s/a/+@s/b": {"dependencies": needs("c")},
            "+c": {},
        }
    )
    paths = dependency_paths(lockfile)
    assert paths["node_modules/@s/a/node_modules/@s/b"] == ("@s/a@1.0.0", "@s/b@1.0.0")
    assert paths["node_modules/c"] == ("@s/a@1.0.0", "c@1.0.0")


def test_the_shortest_path_is_the_reason() -> None:
    lockfile = locked(
        {
            "": {"dependencies": needs("long"), "devDependencies": needs("short")},
            "+long": {"dependencies": needs("middle")},
            "+middle": {"dependencies": needs("leaf")},
            "+short": {"dependencies": needs("leaf")},
            "+leaf": {},
        }
    )
    assert dependency_paths(lockfile)["node_modules/leaf"] == ("short@1.0.0", "leaf@1.0.0")


@pytest.mark.parametrize("section", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_every_section_of_a_package_counts(section: str) -> None:
    lockfile = locked({"": {"dependencies": needs("a")}, "+a": {section: needs("b")}, "+b": {}})
    assert dependency_paths(lockfile)["node_modules/b"] == ("a@1.0.0", "b@1.0.0")


def test_only_the_projects_own_development_dependencies_count() -> None:
    lockfile = locked(
        {
            "": {"devDependencies": needs("a"), "workspaces": ["w"]},
            "w": {"devDependencies": needs("c")},
            "+a": {"devDependencies": needs("b")},
            "+b": {},
            "+c": {},
        }
    )
    assert dependency_paths(lockfile) == {
        "node_modules/a": ("a@1.0.0",),
        "node_modules/c": ("w", "c@1.0.0"),
    }


def test_cycles_end() -> None:
    lockfile = locked(
        {
            "": {"dependencies": needs("a")},
            "+a": {"dependencies": needs("b", "a")},
            "+b": {"dependencies": needs("a")},
        }
    )
    assert set(dependency_paths(lockfile)) == {"node_modules/a", "node_modules/b"}


def test_what_nothing_reaches_has_no_path() -> None:
    lockfile = locked({"": {"dependencies": needs("a", "missing")}, "+a": {}, "+stray": {}})
    assert set(dependency_paths(lockfile)) == {"node_modules/a"}


def test_a_workspaces_own_copy_is_reached_from_its_folder() -> None:
    lockfile = locked(
        {
            "": {"workspaces": ["w/*"]},
            "w/one": {"name": "one", "dependencies": needs("a", "two")},
            "w/two": {"name": "two", "dependencies": needs("b")},
            "w/one/+a": {"version": "2.0.0"},
            "+a": {},
            "+b": {},
            "+one": {"resolved": "w/one", "link": True},
            "+two": {"resolved": "w/two", "link": True},
        }
    )
    paths = dependency_paths(lockfile)
    assert paths["w/one/node_modules/a"] == ("w/one", "a@2.0.0")
    assert paths["node_modules/b"] == ("w/two", "b@1.0.0")
    assert "node_modules/a" not in paths


def test_a_linked_folders_dependencies_are_reached_through_the_link() -> None:
    lockfile = locked(
        {
            "": {"dependencies": needs("linked")},
            "../out": {"name": "linked", "dependencies": needs("a")},
            "../out/+a": {},
            "+linked": {"resolved": "../out", "link": True},
        }
    )
    assert dependency_paths(lockfile)["../out/node_modules/a"][-1] == "a@1.0.0"

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.analysis.package_json import (
    PackageJson,
    Person,
    WirePackageJson,
    commands,
    deprecation,
    hooks,
    licence,
    people,
    person,
    repository_url,
    specs,
    tidy,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("MIT", "MIT"),
        ("  ISC ", "ISC"),
        ("", ""),
        (None, ""),
        (7, ""),
        ({"type": "MIT", "url": "https://x"}, "MIT"),
        ({"name": "BSD"}, "BSD"),
        ({"url": "https://x/LICENSE"}, "https://x/LICENSE"),
        ({"type": 3, "url": "https://x"}, ""),
        ({}, ""),
        ([{"type": "MIT"}, {"type": "GPL-2.0"}], "MIT, GPL-2.0"),
        (["MIT", None, ["nested"]], "MIT"),
        ([], ""),
        ("UNLICENSED", "UNLICENSED"),
    ],
)
def test_every_form_of_licence(value: Any, text: str) -> None:
    assert licence(value) == text


def test_the_plural_form_counts_where_the_singular_says_nothing() -> None:
    assert tidy(WirePackageJson(license="", licenses=[{"type": "MIT"}])).license == "MIT"
    assert tidy(WirePackageJson(license="ISC", licenses=[{"type": "MIT"}])).license == "ISC"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("github:o/r", "github:o/r"),
        ({"type": "git", "url": "git+https://github.com/o/r.git"}, "git+https://github.com/o/r.git"),
        ([{"url": "https://a"}], "https://a"),
        ([], ""),
        ({}, ""),
        ({"url": None}, ""),
        (5, ""),
    ],
)
def test_every_form_of_repository(value: Any, url: str) -> None:
    assert repository_url(value) == url


@pytest.mark.parametrize(
    ("value", "reason"),
    [("use b", "use b"), (True, "no reason given"), (False, ""), ("", ""), (None, ""), (0, ""), ({}, "")],
)
def test_deprecation(value: Any, reason: str) -> None:
    assert deprecation(value) == reason


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("cli.js", {"tool": "cli.js"}),
        ({"a": "a.js", "b": 5, "": "c.js", "d": ""}, {"a": "a.js"}),
        (["a.js"], {}),
        ("", {}),
        (None, {}),
    ],
)
def test_commands(value: Any, found: dict[str, str]) -> None:
    assert commands(value, "@scope/tool") == found


def test_one_path_without_a_package_name_is_no_command() -> None:
    assert commands("cli.js", "") == {}


def test_only_hooks_with_a_command_are_kept() -> None:
    scripts = {"install": "x", "postinstall": " ", "preinstall": 5, "prepare": "y", "test": "z"}
    assert hooks(scripts) == {"install": "x", "prepare": "y"}
    assert hooks("postinstall") == {}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"name": "a", "email": "a@b"}, Person("a", "a@b")),
        ({"name": None, "email": "a@b"}, Person("", "a@b")),
        ("A B <a@b> (https://c)", Person("A B", "a@b")),
        ("A B (https://c)", Person("A B", "")),
        ({}, None),
        ("", None),
        ([], None),
    ],
)
def test_person(value: Any, found: Person | None) -> None:
    assert person(value) == found


def test_people_are_unknown_rather_than_none_where_nobody_is_named() -> None:
    assert people(["a <a@b>", None, {"name": "c"}]) == (Person("a", "a@b"), Person("c"))
    assert people({"name": "c"}) == (Person("c"),)
    assert people([]) is None
    assert people(None) is None
    assert people([7]) is None


def test_dependency_sections() -> None:
    wire = WirePackageJson(
        dependencies={"a": "^1", "b": "2", "c": {"version": "3"}},
        optional={"b": "2"},
        peers={"p": "1", "q": "1"},
        peers_meta={"q": {"optional": True}, "p": "nonsense"},
        bundle=True,
    )
    tidied = tidy(wire)
    assert tidied.dependencies == {"a": "^1", "c": ""}
    assert tidied.optional == {"b": "2"}
    assert tidied.peers == {"p": "1"}
    assert set(tidied.bundled) == {"a", "b", "c"}
    assert specs(["x", 5]) == {"x": ""}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(msgspec.structs.asdict(WirePackageJson()), JSON)))
def test_any_document_has_a_tidy_form(fields: dict[str, Any]) -> None:
    tidied = tidy(WirePackageJson(**fields))
    assert msgspec.convert(msgspec.to_builtins(tidied), PackageJson) == tidied

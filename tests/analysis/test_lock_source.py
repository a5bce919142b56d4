"""Sources of lockfile entries: every text is one of the five kinds, and what looks alike is told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.lock_source import (
    Where,
    commit_in,
    decoded_path,
    leaves_project,
    normal_path,
    place_of,
    read_source,
    wanted_place,
)
from forecheck.analysis.registry_path import name_in, version_in

SOURCES = [
    ("", Where.NOWHERE, "", ""),
    ("https://registry.npmjs.org/ms/-/ms-2.1.3.tgz", Where.WEB, "registry.npmjs.org", "/ms/-/ms-2.1.3.tgz"),
    ("https://REGISTRY.npmjs.org:443/ms/-/x.tgz", Where.WEB, "registry.npmjs.org", "/ms/-/x.tgz"),
    ("https://registry.npmjs.org:8443/x.tgz", Where.WEB, "registry.npmjs.org:8443", "/x.tgz"),
    ("https://registry.npmjs.org@evil.example/x.tgz", Where.WEB, "evil.example", "/x.tgz"),
    ("https://r.example/ms/..%2fevil/-/e.tgz", Where.WEB, "r.example", "/evil/-/e.tgz"),
    ("https://r.example/ms/%252e%252e/evil/-/e.tgz", Where.WEB, "r.example", "/evil/-/e.tgz"),
    ("https://r.example:99999/x.tgz", Where.MALFORMED, "", ""),
    ("https:evil.example/x.tgz", Where.MALFORMED, "", ""),
    ("//evil.example/x.tgz", Where.MALFORMED, "", ""),
    ("../../evil.tgz", Where.MALFORMED, "", ""),
    ("evil/repo#sha", Where.MALFORMED, "", ""),
    ("data:application/gzip;base64,AA", Where.MALFORMED, "", ""),
    ("git@github.com:o/r.git#abc", Where.GIT, "github.com", "/o/r"),
    ("git+ssh://git@github.com:o/r.git#abc", Where.GIT, "github.com", "/o/r"),
    ("git+https://github.com/o/r.git#abc", Where.GIT, "github.com", "/o/r.git"),
    ("https://github.com/o/r.git#commit=abc", Where.GIT, "github.com", "/o/r.git"),
    ("github:o/r#abc", Where.GIT, "github.com", "/o/r"),
    ("file:../x.tgz", Where.PATH, "", "../x.tgz"),
    ("ftp://h.example/x.tgz", Where.WEB, "h.example", "/x.tgz"),
]


@pytest.mark.parametrize(("text", "where", "host", "path"), SOURCES)
def test_a_source_is_taken_apart(text: str, where: Where, host: str, path: str) -> None:
    read = read_source(text)
    assert (read.where, read.host, read.path) == (where, host, path)


@pytest.mark.parametrize(
    "text",
    [
        "https://registry.npmjs.org@evil.example/ms/-/ms-1.0.0.tgz",
        "https://registry.npmjs.org/ms/../evil/-/evil-1.0.0.tgz",
        "https://registry.npmjs.org/ms/%2e%2E/evil/-/evil-1.0.0.tgz",
        "https://registry.npmjs.org/ms/..%2fevil/-/evil-1.0.0.tgz",
        "https://registry.npmjs.org/%6ds/-/ms-1.0.0.tgz",
        "https://registry.npmjs.org/ms\\..\\evil/-/evil-1.0.0.tgz",
        "https://registry.npmjs.org/ms/-/ms-1.0.0.tgz\n",
    ],
)
def test_what_readers_may_read_differently_is_odd(text: str) -> None:
    assert read_source(text).odd


@pytest.mark.parametrize(
    "text",
    [
        "https://registry.npmjs.org/@babel/core/-/core-7.0.0.tgz",
        "https://registry.npmjs.org/@babel%2fcore/-/core-7.0.0.tgz",
        "https://registry.npmjs.org/@babel%2Fcore/-/core-7.0.0.tgz",
        "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz#574c8138ce1d2b5861f0b44579dbadd60c6615b2",
        "git+ssh://git@github.com/o/r.git#abc",
    ],
)
def test_what_package_managers_write_is_not_odd(text: str) -> None:
    assert not read_source(text).odd


@pytest.mark.parametrize(
    ("wanted", "source"),
    [
        ("o/r", "git+ssh://git@github.com/o/r.git#abc"),
        ("github:o/r#v1", "https://codeload.github.com/o/r/tar.gz/abc"),
        ("git+https://github.com/o/r", "git+https://github.com/o/r.git#abc"),
        ("git@github.com:o/r.git", "git@github.com:o/r.git#commit=abc"),
        ("https://x.example/x.tgz", "https://x.example/x.tgz#abc"),
        ("file:./a/../x.tgz", "file:x.tgz"),
        ("../x", "file:../x"),
    ],
)
def test_what_was_asked_for_is_known_again(wanted: str, source: str) -> None:
    assert wanted_place(wanted) == place_of(read_source(source)) != ""


@pytest.mark.parametrize(
    "wanted", ["^1.0.0", "latest", "", "npm:other@^1", "workspace:*", "catalog:", "1.x || 2"]
)
def test_ranges_ask_for_no_place(wanted: str) -> None:
    assert wanted_place(wanted) == ""


@pytest.mark.parametrize(
    ("path", "name", "version"),
    [
        ("/ms/-/ms-2.1.3.tgz", "ms", "2.1.3"),
        ("/@s/p/-/p-1.0.0-rc.1.tgz", "@s/p", "1.0.0-rc.1"),
        ("/repository/npm/@s/p/-/p-1.0.0.tgz", "@s/p", "1.0.0"),
        ("/artifactory/api/npm/npm/@s/p/-/@s/p-1.0.0.tgz", "@s/p", "1.0.0"),
        ("/ms/-/evil-2.1.3.tgz", "evil", ""),
        ("/ms/-/evil-thing-2.1.3.tgz", "evil-thing", ""),
        ("/download/@s/p/1.2.3/abcdef", "@s/p", "1.2.3"),
        ("/~/11/@jsr/std__path/1.0.8.tgz", "@jsr/std__path", "1.0.8"),
        ("/some/where/x.tgz", "", ""),
    ],
)
def test_a_registry_s_path_tells_name_and_version(path: str, name: str, version: str) -> None:
    assert name_in(path) == name
    assert version_in(path, name) == version


@pytest.mark.parametrize(
    ("path", "depth", "leaves"),
    [
        ("packages/w", 0, False),
        ("a/../b", 0, False),
        ("../x", 0, True),
        ("a/../../x", 0, True),
        ("/tmp/x", 0, True),
        ("C:/x", 0, True),
        ("../x", 1, False),
        ("../../x", 1, True),
    ],
)
def test_paths_that_leave_the_project(path: str, depth: int, leaves: bool) -> None:
    assert leaves_project(path, depth) is leaves


@given(st.text())
def test_any_text_is_a_source_with_a_place(text: str) -> None:
    read = read_source(text)
    assert isinstance(read.place, str)
    assert isinstance(wanted_place(text), str)
    assert name_in(decoded_path(text)) is not None
    assert normal_path(normal_path(text)) == normal_path(text)


def test_another_query_is_another_place() -> None:
    places = {read_source(f"https://x.example/get?file={name}").place for name in ("good", "evil")}
    assert len(places) == 2


@pytest.mark.parametrize(
    ("text", "commit"),
    [
        ("git+ssh://git@github.com/a/b.git#" + "A" * 40, "a" * 40),
        ("a@https://github.com/a/b.git#commit=" + "b" * 40, "b" * 40),
        ("https://codeload.github.com/a/b/tar.gz/" + "c" * 40, "c" * 40),
        ("a/b#v1.0.0", ""),
        ("^1.0.0", ""),
    ],
)
def test_a_commit_is_one_only_in_full(text: str, commit: str) -> None:
    assert commit_in(text) == commit

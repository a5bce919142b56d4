"""Which reader gets a file: contents first, the name where both say the same or neither says anything."""

from pathlib import Path

import pytest

from forecheck.decode import Malformed
from forecheck.discover import formats
from forecheck.lockfiles.format import SNIFFED, format_of

RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles"
NAMES = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json", ".package-lock.json"),
    "bun": ("bun.lock",),
    "bun-binary": ("bun.lockb",),
    "deno": ("deno.lock",),
    "vlt": ("vlt-lock.json",),
}
FILES = [
    (path, format_)
    for format_ in NAMES
    for path in sorted((RECORDED / format_).iterdir())
    if not path.name.endswith(".expected.json") and path.name != "conflict.json"
]


def chosen(name: str, head: bytes) -> str | None:
    found = format_of(formats(), name, head)
    return found.id if found else None


def test_every_format_here_is_registered_under_its_names() -> None:
    known = {one.id: set(one.names) for one in formats()}
    for format_, names in NAMES.items():
        assert known[format_] == set(names)


@pytest.mark.parametrize(("path", "format_"), FILES, ids=lambda value: getattr(value, "name", value))
def test_a_file_is_known_by_its_contents_under_any_name(path: Path, format_: str) -> None:
    head = path.read_bytes()[:SNIFFED]
    for name in (*NAMES[format_], "yarn.lock", "pnpm-lock.yaml", "something", path.name):
        assert chosen(name, head) == format_


@pytest.mark.parametrize(("format_", "names"), NAMES.items())
def test_what_tells_nothing_goes_to_the_format_of_its_name(format_: str, names: tuple[str, ...]) -> None:
    for name in names:
        assert chosen(name, b"") == format_
        assert chosen(name, b"<<<<<<< HEAD\n{") == format_
    assert chosen("something", b"") is None
    assert chosen("package.json", b'{"name": "a", "version": "1.0.0", "dependencies": {}}') is None
    assert chosen("bun.lockb.txt", b"#!/usr/bin/env bun\nconsole.log(1)") is None


HIDING = [
    b'{"lockfileVersion": 1, "workspaces": {"": {}}, "dependencies": {"a": {"version": "1.0.0"}}}',
    b'{"lockfileVersion": 1, "options": {}, "dependencies": {"a": {"version": "1.0.0"}}}',
    b'{"version": "5", "lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}}}',
]


@pytest.mark.parametrize("data", HIDING)
def test_fields_of_another_format_do_not_hide_npms(data: bytes) -> None:
    """npm passes over top-level fields that it does not know."""
    assert chosen("package-lock.json", data) == "npm"


@pytest.mark.parametrize("data", HIDING)
def test_nor_do_they_where_npms_own_come_late(data: bytes) -> None:
    """Beyond what is sniffed another reader may get the file, but it does not take it for an empty one of its own."""
    late = data.replace(b'"lockfileVersion": 1,', b"") if data.startswith(b'{"version"') else data
    late = late.replace(b'"dependencies"', b" " * SNIFFED + b'"lockfileVersion": 1, "dependencies"')
    found = format_of(formats(), "package-lock.json", late[:SNIFFED])
    assert found is not None
    try:
        lockfile = found.read(late, "package-lock.json", lambda _: "https://registry.npmjs.org/")
    except Malformed:
        return
    assert "a@1.0.0" in {one.release.spec for one in lockfile.entries}

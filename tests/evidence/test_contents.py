import json
from collections.abc import Mapping
from typing import Any

import pytest

from forecheck.evidence.contents import Manifest, manifest
from forecheck.model import (
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Origin,
    Release,
    Unavailable,
    UnavailableKind,
)
from tests.fakes import tarball
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answer, FakeCommits, FakeHttp
from tests.fakes.tarball import build

SHA = "0123456789abcdef0123456789abcdef01234567"
CODELOAD = f"https://codeload.github.com/o/r/tar.gz/{SHA}"
DOCUMENT = {"name": "x", "scripts": {"prepare": "node build.js"}}


class Folder:
    """Implements the `Files` port over a table."""

    def __init__(self, files: dict[str, bytes | Unavailable]) -> None:
        self.files = files

    def read(self, path: str) -> bytes:
        found = self.files.get(path)
        if isinstance(found, bytes):
            return found
        raise found or Unavailable(UnavailableKind.NOT_FOUND, f"there is no {path}")


def packed(*others: str, document: Any = DOCUMENT, root: str = "package") -> bytes:
    return build({"package.json": json.dumps(document), **dict.fromkeys(others, "")}, root=root).data


def read(
    origin: Origin,
    answers: dict[str, Answer] | None = None,
    files: dict[str, bytes | Unavailable] | None = None,
    cache: MemoryCache | None = None,
    commits: Mapping[tuple[str, str], Mapping[str, bytes]] | None = None,
) -> Manifest:
    release = Release("x", "1.0.0", origin)
    found: Manifest = manifest(
        release,
        FakeHttp(answers or {}),
        cache or MemoryCache(),
        Folder(files or {}),
        FakeCommits(commits or {}),
        NOW,
    )
    return found


@pytest.mark.parametrize(
    ("url", "archive"),
    [
        ("git+ssh://git@github.com/o/r.git", CODELOAD),
        ("git+https://github.com/o/r.git", CODELOAD),
        (
            "git+https://gitlab.com/g/s/r.git",
            f"https://gitlab.com/api/v4/projects/g%2Fs%2Fr/repository/archive.tar.gz?sha={SHA}",
        ),
        ("git+ssh://git@bitbucket.org/o/r.git", f"https://bitbucket.org/o/r/get/{SHA}.tar.gz"),
    ],
)
def test_commits_are_read_from_the_hosts_archives(url: str, archive: str) -> None:
    found = read(FromGit(url, SHA), {archive: packed("binding.gyp", root="r-0123")})
    assert found.declared.scripts == {"prepare": "node build.js"}
    assert found.binding


@pytest.mark.parametrize(
    "url", ["git+ssh://git@git.corp.example/x.git", "git+ssh://git@github.com/o/private.git"]
)
def test_other_commits_are_read_through_git(url: str) -> None:
    files = {"package.json": json.dumps(DOCUMENT).encode(), "binding.gyp": b"{}"}
    found = read(FromGit(url, SHA), commits={(url, SHA): files})
    assert found.declared.scripts == {"prepare": "node build.js"}
    assert found.binding


def test_an_archive_is_known_by_its_bytes() -> None:
    body = packed()
    url = "https://example.net/x.tgz"
    assert read(FromTarball(url), {url: body}).integrity == tarball.integrity(body)


def test_a_commit_is_fetched_once() -> None:
    cache = MemoryCache()
    origin = FromGit("git+ssh://git@github.com/o/r.git", SHA)
    assert read(origin, {CODELOAD: packed()}, cache=cache) == read(origin, cache=cache)


def test_a_tarball_is_fetched_each_time_because_it_may_have_changed() -> None:
    cache = MemoryCache()
    origin = FromTarball("https://example.net/x.tgz")
    read(origin, {"https://example.net/x.tgz": packed()}, cache=cache)
    with pytest.raises(Unavailable):
        read(origin, cache=cache)


def test_files_and_folders_of_the_project() -> None:
    assert read(FromTarball("file:x.tgz"), files={"x.tgz": packed("binding.gyp")}).binding
    folder: dict[str, bytes | Unavailable] = {"../x/package.json": json.dumps(DOCUMENT).encode()}
    assert not read(FromDirectory("../x"), files=folder).binding
    folder["../x/binding.gyp"] = b"{}"
    assert read(FromDirectory("../x"), files=folder).binding


def test_only_a_binding_at_the_top_is_built() -> None:
    assert not read(FromTarball("file:x.tgz"), files={"x.tgz": packed("deps/binding.gyp")}).binding


def test_a_file_that_cannot_be_read_is_not_a_file_that_is_not_there() -> None:
    refused = Unavailable(UnavailableKind.REFUSED, "no rights")
    files: dict[str, bytes | Unavailable] = {"../x/package.json": b"{}", "../x/binding.gyp": refused}
    with pytest.raises(Unavailable) as caught:
        read(FromDirectory("../x"), files=files)
    assert caught.value.kind is UnavailableKind.REFUSED


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        (FromRegistry(PUBLIC), UnavailableKind.UNSUPPORTED),
        (FromBundle("parent"), UnavailableKind.UNSUPPORTED),
        (FromUnknown("?"), UnavailableKind.UNSUPPORTED),
        (FromGit("git+ssh://git@git.corp.example/x.git", SHA), UnavailableKind.REFUSED),
        (FromGit("git+ssh://git@github.com/o/r.git", ""), UnavailableKind.NOT_FOUND),
        (FromGit("git+ssh://git@github.com/../r.git", SHA), UnavailableKind.REFUSED),
        (FromTarball("https://example.net/gone.tgz"), UnavailableKind.NOT_FOUND),
        (FromTarball("file:gone.tgz"), UnavailableKind.NOT_FOUND),
        (FromDirectory("gone"), UnavailableKind.NOT_FOUND),
    ],
    ids=str,
)
def test_what_cannot_be_read_says_why(origin: Origin, kind: UnavailableKind) -> None:
    with pytest.raises(Unavailable) as caught:
        read(origin)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (build({"index.js": ""}).data, UnavailableKind.MALFORMED),
        (build({"package.json": "[]"}).data, UnavailableKind.MALFORMED),
        (build({"package.json": "{"}).data, UnavailableKind.MALFORMED),
        (b"<html>" * 200, UnavailableKind.MALFORMED),
        (build({"package.json": " " * (1024 * 1024 + 1)}).data, UnavailableKind.TOO_LARGE),
    ],
    ids=["no manifest", "no object", "no JSON", "no tarball", "too large"],
)
def test_hostile_contents(body: bytes, kind: UnavailableKind) -> None:
    url = "https://example.net/x.tgz"
    for origin, answers, files in (
        (FromTarball(url), {url: body}, {}),
        (FromTarball("file:x.tgz"), {}, {"x.tgz": body}),
    ):
        with pytest.raises(Unavailable) as caught:
            read(origin, dict(answers), dict(files))
        assert caught.value.kind is kind

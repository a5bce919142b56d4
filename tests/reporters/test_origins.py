import pytest

from forecheck.model import (
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Origin,
    Release,
)
from forecheck.reporters.origins import origin_words, without_secrets
from forecheck.reporters.purl import purl

NPM = FromRegistry("https://registry.npmjs.org/")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://registry.npmjs.org/", "https://registry.npmjs.org/"),
        ("https://me:secret@host.example/a", "https://***@host.example/a"),
        ("https://t0ken@host.example", "https://***@host.example"),
        ("https://a@b:c@host.example/x@y", "https://***@host.example/x@y"),
        ("git+ssh://git@github.com/a/b.git#c0ffee", "git+ssh://git@github.com/a/b.git#c0ffee"),
        ("git+ssh://git:secret@github.com/a/b.git", "git+ssh://***@github.com/a/b.git"),
        ("https://host.example/a.tgz?token=secret", "https://host.example/a.tgz?***"),
        ("https://host.example?token=secret#part", "https://host.example?***#part"),
        ("https://host.example/a.tgz?", "https://host.example/a.tgz?"),
        ("file:../a.tgz", "file:../a.tgz"),
        ("", ""),
    ],
)
def test_without_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        (NPM, "from https://registry.npmjs.org/"),
        (
            FromGit("git+https://h.example/r.git", "c" * 40),
            "from the git repository git+https://h.example/r.git at cccccccccccc",
        ),
        (FromGit("git+https://h.example/r.git", ""), "from the git repository git+https://h.example/r.git"),
        (FromTarball("https://h.example/a.tgz"), "from the tarball https://h.example/a.tgz"),
        (FromDirectory("../lib"), "from the folder ../lib"),
        (FromBundle("npm@11"), "bundled in npm@11"),
        (FromUnknown("hg://x"), "from hg://x"),
        (FromUnknown(""), "from nowhere known"),
    ],
)
def test_origin_words(origin: Origin, said: str) -> None:
    assert origin_words(origin) == said


@pytest.mark.parametrize(
    ("name", "version", "origin", "expected"),
    [
        ("foobar", "12.3.1", NPM, "pkg:npm/foobar@12.3.1"),
        ("@angular/animation", "12.3.1", NPM, "pkg:npm/%40angular/animation@12.3.1"),
        ("a", "1.0.0-rc.1+build", NPM, "pkg:npm/a@1.0.0-rc.1%2Bbuild"),
        ("a", "1.0.0", FromRegistry("https://npm.corp.example/x/"), "pkg:npm/a@1.0.0?repository_url=https://npm.corp.example/x/"),
        ("a", "1.0.0", FromGit("git+https://h.example/r.git", "c0ffee"), "pkg:npm/a@1.0.0?vcs_url=git%2Bhttps://h.example/r.git%40c0ffee"),
        ("a", "1.0.0", FromTarball("https://h.example/a.tgz"), "pkg:npm/a@1.0.0?download_url=https://h.example/a.tgz"),
        ("a", "1.0.0", FromTarball("file:a.tgz"), None),
        ("a", "1.0.0", FromDirectory("../a"), None),
        ("a", "1.0.0", FromBundle("b"), None),
        ("a", "", FromUnknown(""), None),
        ("", "1.0.0", NPM, None),
        ("a\ud800", "1.0.0", NPM, None),
        ("漢", "", NPM, "pkg:npm/%E6%BC%A2"),
    ],
)  # fmt: skip
def test_purl(name: str, version: str, origin: Origin, expected: str | None) -> None:
    assert purl(Release(name, version, origin)) == expected

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.hosted import Form, Host, Hosted, from_repository, from_url
from tests.npm.recorded import HOSTILE, recorded

COMMIT = "0123456789abcdef0123456789abcdef01234567"

segments = st.sampled_from(
    ["u", "r.git", "..", ".", "", "%2e%2e", "%2f", "a b", "é", "x@y", "x:y", "tree", "#", "?q", "\\", "\n"]
)
urls = st.builds(
    lambda start, parts: start + "/".join(parts),
    st.sampled_from(
        [
            "",
            "github:",
            "gist:",
            "gitlab:",
            "sourcehut:",
            "git@github.com:",
            "https://github.com/",
            "git+ssh://git@bitbucket.org/",
            "https://u:p@gist.github.com/",
        ]
    ),
    st.lists(segments, max_size=5),
)


def shown(found: Hosted | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "host": found.host.value,
        "user": found.user,
        "project": found.project,
        "committish": found.committish,
        "auth": found.auth,
        "text": found.text(),
        "fetch": found.text(committish=False).removeprefix("git+"),
    }


def test_every_recorded_url() -> None:
    wrong = []
    for case in recorded("hosted")["cases"]:
        for key, read in (("spec", from_url), ("repository", from_repository)):
            theirs = case[key]
            expected = (
                None
                if theirs is None
                else {name: theirs[name] for name in theirs if name not in {"tarball", "browse"}}
            )
            if shown(read(case["url"])) != expected:
                wrong.append((case["url"], key, shown(read(case["url"])), expected))
    assert wrong == []


def test_recorded_addresses_of_plain_names() -> None:
    asked, wrong = 0, []
    for case in recorded("hosted")["cases"]:
        found, theirs = from_url(case["url"]), case["spec"]
        plain = theirs and all(
            part.strip(".") and part.isascii() and "%" not in part
            for part in [theirs["user"] or "-", theirs["project"]]
        )
        if found is not None and plain and not {":", "@"} & set(f"{found.user}{found.project}"):
            asked += 1
            if (found.tarball_url(), found.browse_url()) != (
                theirs["tarball"],
                theirs["browse"],
            ) and found.user is not None:
                wrong.append((case["url"], found.tarball_url(), found.browse_url()))
    assert asked > 40
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "tarball", "page", "clone"),
    [
        (
            "u/r",
            f"https://codeload.github.com/u/r/tar.gz/{COMMIT}",
            "https://github.com/u/r",
            "https://github.com/u/r.git",
        ),
        (
            "gitlab:g/s/r",
            f"https://gitlab.com/api/v4/projects/g%2Fs%2Fr/repository/archive.tar.gz?sha={COMMIT}",
            "https://gitlab.com/g/s/r",
            "https://gitlab.com/g/s/r.git",
        ),
        (
            "bitbucket:u/r",
            f"https://bitbucket.org/u/r/get/{COMMIT}.tar.gz",
            "https://bitbucket.org/u/r",
            "https://bitbucket.org/u/r.git",
        ),
        (
            "gist:u/abc",
            f"https://codeload.github.com/gist/abc/tar.gz/{COMMIT}",
            "https://gist.github.com/abc",
            "https://gist.github.com/abc.git",
        ),
        (
            "sourcehut:~u/r",
            f"https://git.sr.ht/~u/r/archive/{COMMIT}.tar.gz",
            "https://git.sr.ht/~u/r",
            "https://git.sr.ht/~u/r",
        ),
    ],
)
def test_addresses(text: str, tarball: str, page: str, clone: str) -> None:
    found = from_url(text)
    assert found is not None
    assert (found.tarball_url(COMMIT), found.browse_url(), found.clone_url()) == (tarball, page, clone)


@pytest.mark.parametrize(
    "text",
    ["github:..%2f..%2fevil/r", "github:u/..", "github:/r", "github:", "gist:", "gist:..", "gitlab:../r"],
)
def test_no_address_for_what_would_leave_the_repository(text: str) -> None:
    found = from_url(text)
    assert found is not None
    assert found.tarball_url() is None
    assert found.browse_url() is None
    assert found.clone_url() is None


@pytest.mark.parametrize("commit", ["..", "."])
def test_no_archive_of_a_commit_that_is_dots(commit: str) -> None:
    assert Hosted(Host.GITHUB, "u", "r", None, Form.SHORTCUT).tarball_url(commit) is None


def test_credentials_are_not_in_addresses() -> None:
    found = from_url("git+https://user:secret@github.com/u/r.git#main")
    assert found is not None
    assert found.auth == "user:secret"
    assert "secret" not in f"{found.browse_url()}{found.clone_url()}{found.tarball_url()}"


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com@evil.example/u/r",
        "https://evil.example/github.com/u/r",
        "https://github.com.evil.example/u/r",
    ],
)
def test_other_hosts_are_not_known_ones(text: str) -> None:
    assert from_url(text) is None
    assert from_repository(text) is None


@given(urls | st.text(), st.none() | st.text(max_size=8))
def test_addresses_stay_at_the_host_whatever_is_asked(text: str, commit: str | None) -> None:
    found = from_repository(text) if commit is None else from_url(text)
    if found is None:
        return
    assert found.text()
    tarball, page = found.tarball_url(commit), found.browse_url()
    if page is not None:
        parts = urlsplit(page)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == (
            "https",
            found.host.domain,
            "",
            "",
        )
        assert not {".", ".."} & set(parts.path.split("/"))
    if tarball is not None:
        assert urlsplit(tarball).netloc in {found.host.domain, "codeload.github.com"}
        assert not {".", ".."} & set(urlsplit(tarball).path.split("/"))


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    from_url(text)
    from_repository(text)

"""Repository URLs of any shape to a project that can be asked about, and to nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.forge import Forge, Link, Project, link_of, project_at
from forecheck.evidence.forge_api import ForgeSettings, file_request, project_url


@pytest.mark.parametrize(
    ("repository", "label", "folder"),
    [
        ("github:o/r", "github.com/o/r", ""),
        ("o/r", "github.com/o/r", ""),
        ("git+https://github.com/o/r.git", "github.com/o/r", ""),
        ("git@github.com:o/r.git", "github.com/o/r", ""),
        ("git+ssh://git@github.com/o/r.git#main", "github.com/o/r", ""),
        ("git://github.com/o/r", "github.com/o/r", ""),
        ("http://github.com/o/r", "github.com/o/r", ""),
        ("https://www.github.com/o/r", "github.com/o/r", ""),
        ("https://user:pass@github.com/o/r", "github.com/o/r", ""),
        ("https://github.com/o/r/tree/main/packages/x", "github.com/o/r", "packages/x"),
        ("https://github.com/o/r/tree/main", "github.com/o/r", ""),
        ("https://gitlab.com/a/b/c.git", "gitlab.com/a/b/c", ""),
        ("gitlab:a/b", "gitlab.com/a/b", ""),
        ("bitbucket:o/r", "bitbucket.org/o/r", ""),
        ("https://bitbucket.org/o/r", "bitbucket.org/o/r", ""),
    ],
)
def test_forges(repository: str, label: str, folder: str) -> None:
    found = link_of(repository)
    assert found is not None
    assert (found.project.label, found.folder) == (label, folder)


@pytest.mark.parametrize(
    "repository",
    [
        "",
        "https://github.com/o",
        "https://github.com/",
        "https://github.com/o/..",
        "https://github.com/../r",
        "https://github.com/o/%2e%2e",
        "https://github.com/o%2Fp/r",
        "https://github.com/o/r%3Fx",
        "https://github.com/o/r%0d%0aHost:evil",
        "https://github.com.evil.example/o/r",
        "https://evil.example/github.com/o/r",
        "https://github.com@evil.example/o/r",
        "https://evil.example#github.com/o/r",
        "gist:0123",
        "https://git.sr.ht/~o/r",
        "https://codeberg.org/o/r",
        "file:///o/r",
        "https://api.github.com/o/r",
        "https://github.com:8443@127.0.0.1/o/r",
    ],
)
def test_nothing_else(repository: str) -> None:
    assert link_of(repository) is None


@pytest.mark.parametrize(
    ("directory", "folder"),
    [
        ("packages/x", "packages/x"),
        ("./packages//x/", "packages/x"),
        ("/packages/x", "packages/x"),
        (".", ""),
        ("../../other/repo", ""),
        ("packages/../x", ""),
        ("x" * 500, ""),
    ],
)
def test_folders(directory: str, folder: str) -> None:
    assert link_of("github:o/r", directory) == Link(Project(Forge.GITHUB, "o/r"), folder)


def test_case_makes_no_other_project() -> None:
    one, other = link_of("github:Harbour/Pilot"), link_of("https://github.com/harbour/pilot.git")
    assert one is not None
    assert other is not None
    assert one.project.key == other.project.key


_HOSTS = st.sampled_from(
    ["github.com", "gitlab.com", "bitbucket.org", "127.0.0.1", "[::1]", "github:", "gitlab:"]
)
_MARKS = st.sampled_from(["https://", "git+", "/", ":", "@", "..", ".", "?", "#", "\\", "\n", "-"])
_WORDS = st.sampled_from(["%2e", "%2F", "%00", "o", "r", ".git", "tree", "ä"])
_PARTS = _HOSTS | _MARKS | _WORDS
_ANY = st.lists(_PARTS, max_size=12).map("".join) | st.text(max_size=60)
_PATH = re.compile(r"/[A-Za-z0-9_.!~*'()%?=/-]*\Z")


@given(_ANY, _ANY, _ANY)
def test_any_text_leads_to_a_forge_or_nowhere(repository: str, directory: str, branch: str) -> None:
    link = link_of(repository, directory)
    if link is None:
        return
    settings = ForgeSettings()
    assert project_at(link.project.forge, link.project.path) == link.project
    bases = (settings.github, settings.files, settings.gitlab, settings.bitbucket)
    request = file_request(settings, link.project, f"{link.folder}/package.json".lstrip("/"), branch)
    for url in (project_url(settings, link.project), request.url):
        base = next(base for base in bases if url.startswith(f"{base}/"))
        rest = url.removeprefix(base)
        assert _PATH.match(rest), url
        assert not {".", "..", ""} & set(rest.removeprefix("/").partition("?")[0].split("/")), url

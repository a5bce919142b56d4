import subprocess
from pathlib import Path

import pytest

from forecheck.adapters.commits import GitCommits
from forecheck.model import Unavailable, UnavailableKind

ENV = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> tuple[str, str]:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "package.json").write_text('{"name": "x"}')
    (folder / "binding.gyp").symlink_to("/etc/passwd")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    first = git(folder, "rev-parse", "HEAD")
    (folder / "package.json").write_text('{"name": "y"}')
    git(folder, "commit", "--quiet", "-a", "-m", "two")
    return f"git+file://{folder}", first


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> GitCommits:
    import os

    monkeypatch.delenv("GIT_DIR", raising=False)
    return GitCommits({**os.environ, **ENV}, offline=False)


def test_files_are_read_at_the_commit_and_not_at_the_branch(
    commits: GitCommits, repository: tuple[str, str]
) -> None:
    url, first = repository
    assert commits.read(url, first, ["package.json", "missing"]) == {"package.json": b'{"name": "x"}'}


def test_a_link_is_not_followed(commits: GitCommits, repository: tuple[str, str]) -> None:
    found = commits.read(*repository, ["binding.gyp"])
    assert found == {"binding.gyp": b"/etc/passwd"}


def test_a_commit_that_is_not_there_is_refused(commits: GitCommits, repository: tuple[str, str]) -> None:
    with pytest.raises(Unavailable) as caught:
        commits.read(repository[0], "0" * 40, ["package.json"])
    assert caught.value.kind is UnavailableKind.REFUSED


@pytest.mark.parametrize(
    ("url", "commit"),
    [
        ("git+file:///x", "--upload-pack=touch /tmp/x"),
        ("--upload-pack=x", "0" * 40),
        ("git+file:///x", "HEAD~1"),
    ],
)
def test_nothing_reaches_git_as_an_option(commits: GitCommits, url: str, commit: str) -> None:
    with pytest.raises(Unavailable) as caught:
        commits.read(url, commit, ["package.json"])
    assert caught.value.kind is UnavailableKind.MALFORMED


def test_a_helper_named_by_the_url_does_not_run(commits: GitCommits, tmp_path: Path) -> None:
    tripped = tmp_path / "tripped"
    with pytest.raises(Unavailable) as caught:
        commits.read(f"git+ext::sh -c touch% {tripped}", "0" * 40, ["package.json"])
    assert caught.value.kind is UnavailableKind.REFUSED
    assert not tripped.exists()


def test_offline_nobody_is_asked() -> None:
    with pytest.raises(Unavailable) as caught:
        GitCommits({}, offline=True).read("git+https://git.example/x.git", "0" * 40, ["package.json"])
    assert caught.value.kind is UnavailableKind.OFFLINE


def test_without_git_it_says_so() -> None:
    with pytest.raises(Unavailable) as caught:
        GitCommits({"PATH": ""}, offline=False).read("git+file:///x", "0" * 40, ["package.json"])
    assert caught.value.kind is UnavailableKind.UNSUPPORTED

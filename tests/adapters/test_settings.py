"""forecheck.toml on disk: which files count, whose word counts, and how they are changed."""

import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.adapters.settings import (
    Places,
    exists,
    find_project,
    load,
    new_project_path,
    places,
    read,
    read_book,
)
from forecheck.adapters.settings_writing import SHARED, record_exception, write_book
from forecheck.config import ConfigError, parse
from forecheck.config.edit import toml_string, with_exception
from forecheck.config.trust import Trust, TrustBook, TrustRecord
from forecheck.model import Severity
from forecheck.report import Ignore
from tests.config.documents import DOCUMENTS
from tests.config.samples import CHECKS

AT = datetime(2026, 6, 15, tzinfo=UTC)
IGNORE = Ignore("known-malware", "a@^1", "looked at it", date(2027, 1, 31))
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX file modes")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "USERPROFILE": str(tmp_path / "home")}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "project"
    (folder / ".git").mkdir(parents=True)
    return folder


def settings_of(folder: Path, env: dict[str, str]) -> Severity:
    return load(str(folder), env, CHECKS, "linux").config.thresholds.block_at


def trusted(path: Path, env: dict[str, str]) -> None:
    user = places(env, "/", "linux")
    document = read(str(path))
    book = read_book(user.trust).with_file(document.path, TrustRecord(document.sha256, AT))
    write_book(user.trust, book)


@pytest.mark.parametrize(
    ("platform", "env", "config", "trust"),
    [
        (
            "linux",
            {"HOME": "/h"},
            "/h/.config/forecheck/forecheck.toml",
            "/h/.local/state/forecheck/trust.json",
        ),
        (
            "linux",
            {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"},
            "/c/forecheck/forecheck.toml",
            "/s/forecheck/trust.json",
        ),
        (
            "linux",
            {"HOME": "/h", "XDG_CONFIG_HOME": "c", "XDG_STATE_HOME": "../s"},
            "/h/.config/forecheck/forecheck.toml",
            "/h/.local/state/forecheck/trust.json",
        ),
        (
            "darwin",
            {"HOME": "/h", "XDG_CONFIG_HOME": "/c"},
            "/h/Library/Application Support/forecheck/forecheck.toml",
            "/h/Library/Application Support/forecheck/trust.json",
        ),
        (
            "win32",
            {"USERPROFILE": "/h", "APPDATA": "/r", "LOCALAPPDATA": "/l"},
            "/r/forecheck/forecheck.toml",
            "/l/forecheck/trust.json",
        ),
        (
            "win32",
            {"USERPROFILE": "/h"},
            "/h/AppData/Roaming/forecheck/forecheck.toml",
            "/h/AppData/Local/forecheck/trust.json",
        ),
        (
            "linux",
            {"HOME": "/h", "FORECHECK_CONFIG": "ci.toml"},
            "/cwd/ci.toml",
            "/h/.local/state/forecheck/trust.json",
        ),
        (
            "linux",
            {"HOME": "/h", "FORECHECK_CONFIG": "/etc/ci.toml"},
            "/etc/ci.toml",
            "/h/.local/state/forecheck/trust.json",
        ),
    ],
)
@posix
def test_places(platform: str, env: dict[str, str], config: str, trust: str) -> None:
    found = places(env, "/cwd", platform)
    assert (found.config, found.trust) == (config, trust)
    assert found.explicit is ("FORECHECK_CONFIG" in env)


def user_of(tmp_path: Path) -> Places:
    return Places(str(tmp_path / "home"), str(tmp_path / "own.toml"), str(tmp_path / "trust.json"))


def test_the_nearest_file_upwards_counts(tmp_path: Path, project: Path) -> None:
    deep = project / "packages" / "one"
    deep.mkdir(parents=True)
    assert find_project(str(deep), user_of(tmp_path)) == ""
    (project / "forecheck.toml").touch()
    assert find_project(str(deep), user_of(tmp_path)) == str((project / "forecheck.toml").resolve())
    (deep / "forecheck.toml").touch()
    assert find_project(str(deep), user_of(tmp_path)) == str((deep / "forecheck.toml").resolve())


def test_what_lies_above_a_repository_does_not_count(tmp_path: Path, project: Path) -> None:
    (tmp_path / "work" / "forecheck.toml").touch()
    assert find_project(str(project), user_of(tmp_path)) == ""
    (project / ".git").rmdir()
    assert find_project(str(project), user_of(tmp_path)) != ""
    (project / ".git").write_text("gitdir: elsewhere")
    assert find_project(str(project), user_of(tmp_path)) == ""


def test_the_home_folder_is_a_project_only_for_who_stands_in_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "code").mkdir(parents=True)
    (home / "forecheck.toml").touch()
    assert find_project(str(home / "code"), user_of(tmp_path)) == ""
    assert find_project(str(home), user_of(tmp_path)) != ""


def test_the_users_own_file_is_not_a_projects(tmp_path: Path, project: Path) -> None:
    (project / "forecheck.toml").touch()
    (tmp_path / "own.toml").symlink_to(project / "forecheck.toml")
    assert find_project(str(project), user_of(tmp_path)) == ""


def test_a_new_project_file_belongs_at_the_top_of_the_repository(tmp_path: Path, project: Path) -> None:
    (project / "sub").mkdir()
    assert new_project_path(str(project / "sub")) == str(project.resolve() / "forecheck.toml")
    assert new_project_path(str(tmp_path)) == str(tmp_path.resolve() / "forecheck.toml")


def test_no_files_at_all(project: Path, env: dict[str, str]) -> None:
    settings = load(str(project), env, CHECKS)
    assert (settings.notices, settings.trust, settings.user_path) == ((), Trust.UNKNOWN, "")
    assert settings.config.thresholds.block_at is Severity.HIGH


def test_a_projects_file_loosens_only_while_it_is_trusted_as_it_stands(
    project: Path, env: dict[str, str]
) -> None:
    file = project / "forecheck.toml"
    file.write_text("[policy]\nblock-at = 'critical'\n")
    stranger = load(str(project), env, CHECKS, "linux")
    assert stranger.trust is Trust.UNKNOWN
    assert [notice.key for notice in stranger.notices] == ["policy.block-at"]
    assert settings_of(project, env) is Severity.HIGH
    trusted(file, env)
    assert settings_of(project, env) is Severity.CRITICAL
    assert load(str(project), env, CHECKS, "linux").notices == ()
    file.write_text("[policy]\nblock-at = 'critical' \n")
    changed = load(str(project), env, CHECKS, "linux")
    assert changed.trust is Trust.CHANGED
    assert "changed since you trusted it" in changed.notices[0].text
    assert [notice.key for notice in changed.notices[1:]] == ["policy.block-at"]
    assert settings_of(project, env) is Severity.HIGH


def test_trust_is_of_a_place_too(project: Path, env: dict[str, str], tmp_path: Path) -> None:
    file = project / "forecheck.toml"
    file.write_text("[policy]\nblock-at = 'critical'\n")
    trusted(file, env)
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "forecheck.toml").write_bytes(file.read_bytes())
    assert settings_of(clone, env) is Severity.HIGH


def test_a_file_that_was_named_must_be_there(project: Path, env: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(str(project), {**env, "FORECHECK_CONFIG": "missing.toml"}, CHECKS)
    (project / "ci.toml").write_text("[policy]\nblock-at = 'low'\n")
    assert settings_of(project, {**env, "FORECHECK_CONFIG": "ci.toml"}) is Severity.LOW


def test_a_relative_name_starts_where_the_user_stands(project: Path, env: dict[str, str]) -> None:
    inside = project / "packages"
    inside.mkdir()
    (inside / "ci.toml").write_text("[policy]\nblock-at = 'low'\n")
    env["FORECHECK_CONFIG"] = "ci.toml"
    assert load(str(project), env, CHECKS, cwd=str(inside)).config.thresholds.block_at is Severity.LOW


def test_the_cache_may_be_below_the_home_folder(project: Path, env: dict[str, str]) -> None:
    (project / "ci.toml").write_text("[network]\ncache-dir = '~/fc'\n")
    config = load(str(project), {**env, "FORECHECK_CONFIG": "ci.toml"}, CHECKS, "linux").config
    assert config.network.cache_dir == str(Path(env["HOME"]) / "fc")


def test_a_projects_file_named_as_ones_own_is_followed(project: Path, env: dict[str, str]) -> None:
    (project / "forecheck.toml").write_text("[policy]\nblock-at = 'critical'\n")
    assert settings_of(project, {**env, "FORECHECK_CONFIG": "forecheck.toml"}) is Severity.CRITICAL


def unreadable(path: Path) -> str:
    with pytest.raises(ConfigError) as wrong:
        read(str(path))
    assert wrong.value.path == str(path)
    return str(wrong.value)


def test_only_regular_files_of_text_are_read(tmp_path: Path) -> None:
    file = tmp_path / "forecheck.toml"
    file.mkdir()
    assert "not a regular file" in unreadable(file)
    file.rmdir()
    file.symlink_to(tmp_path / "nowhere")
    assert exists(str(file))
    assert "cannot be read" in unreadable(file)
    file.unlink()
    file.write_bytes(b"\xef\xbb\xbf# \xc3\xa9\n# \xff\n")
    assert f"{file}:2: is not UTF-8" in unreadable(file)
    file.write_bytes(b"#" * (4 * 512 * 1024 + 1))
    assert "larger" in unreadable(file)


@posix
def test_a_pipe_in_a_repository_does_not_hang(project: Path, env: dict[str, str]) -> None:
    os.mkfifo(project / "forecheck.toml")
    with pytest.raises(ConfigError, match="not a regular file"):
        load(str(project), env, CHECKS)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_not_an_empty_one(project: Path, env: dict[str, str]) -> None:
    (project / "forecheck.toml").touch(mode=0o000)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(str(project), env, CHECKS)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "forecheck.toml"
    file.write_bytes(b"\xef\xbb\xbf[policy]\r\nblock-at = 'low'\r\n")
    assert parse(read(str(file)).text, "f", CHECKS).policy.block_at is Severity.LOW
    record_exception(str(file), IGNORE, CHECKS)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf[policy]\r\nblock-at = 'low'\r\n\r\n[[ignore]]\r\n")


@posix
def test_trust_records_are_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "forecheck" / "trust.json"
    book = TrustBook().with_file("/p/forecheck.toml", TrustRecord("00", AT))
    write_book(str(path), book)
    assert read_book(str(path)) == book
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["trust.json"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"files": {"a": 1}}', b'{"trusted": []}', b"\xff"])
def test_damaged_trust_records_are_an_error(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "trust.json"
    path.write_bytes(damage)
    with pytest.raises(ConfigError, match="damaged"):
        read_book(str(path))


def test_an_exception_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "forecheck.toml"
    before = "# ours\n[policy]   # keep\nblock-at='low'"
    file.write_text(before)
    written = record_exception(str(file), IGNORE, CHECKS)
    assert file.read_text() == written.text
    assert written.text.startswith(f"{before}\n\n[[ignore]]\n")
    config = parse(written.text, "f", CHECKS)
    assert config.ignores == (Ignore("known-malware", "a@^1", "looked at it", date(2027, 1, 31), "f:5"),)
    assert config.policy.block_at is Severity.LOW
    assert written == read(str(file))


@posix
def test_modes_and_links_survive(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.touch(mode=0o640)
    link = tmp_path / "forecheck.toml"
    link.symlink_to(real)
    record_exception(str(link), IGNORE, CHECKS)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "known-malware" in real.read_text()
    for mode in (0o600, SHARED):
        fresh = tmp_path / f"{mode}" / "forecheck.toml"
        record_exception(str(fresh), IGNORE, CHECKS, mode=mode)
        assert stat.S_IMODE(fresh.stat().st_mode) == mode


@pytest.mark.parametrize(
    ("text", "ignore", "what"),
    [
        ("[polcy]\n", IGNORE, "unknown key"),
        ("ignore = []\n", IGNORE, "takes no more"),
        ("", Ignore("no-such-check", "a", "r"), "no check"),
        ("", Ignore("known-malware", "a b", "r"), "ignore.package"),
        ("", Ignore("known-malware", "a", " "), "ignore.reason"),
        ("", Ignore("known-malware", "a", "half a character: \udc80"), "not valid TOML"),
    ],
)
def test_what_cannot_be_recorded_changes_nothing(
    tmp_path: Path, text: str, ignore: Ignore, what: str
) -> None:
    file = tmp_path / "forecheck.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        record_exception(str(file), ignore, CHECKS)
    assert what in wrong.value.what
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


@posix
def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be"):
        record_exception(str(tmp_path / "file" / "forecheck.toml"), IGNORE, CHECKS)


@given(st.text())
def test_any_string_survives_as_toml(text: str) -> None:
    import tomllib

    assert tomllib.loads(f"a = {toml_string(text)}") == {"a": text}
    assert toml_string(text).isprintable()


REASONS = st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text)


@given(DOCUMENTS, REASONS, st.dates() | st.none(), st.sampled_from(["", "# no newline", "\r\n"]))
def test_any_exception_can_be_added_to_any_file(
    text: str, reason: str, until: date | None, tail: str
) -> None:
    before = parse(text + tail, "f", CHECKS)
    ignore = Ignore("install-script", "@corp/x@>=1 <2", reason, until)
    after = with_exception(text + tail, ignore, "f", CHECKS)
    assert after.startswith(text + tail)
    added = parse(after, "f", CHECKS)
    assert added.ignores[:-1] == before.ignores
    last = added.ignores[-1]
    assert (last.check, last.package, last.reason, last.until) == (
        ignore.check,
        ignore.package,
        ignore.reason,
        ignore.until,
    )
    assert (added.policy, added.checks, added.network) == (before.policy, before.checks, before.network)

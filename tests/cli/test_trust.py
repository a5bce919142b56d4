"""`forecheck trust` shows what a file asks for, and trusts exactly the bytes it showed."""

from pathlib import Path

import pytest

from forecheck.adapters.settings import load, places
from forecheck.cli import trust
from forecheck.cli.refusal import UsageRefused
from forecheck.config import ConfigError
from forecheck.config.trust import Trust
from forecheck.discover import checks
from tests.cli.commands import KNOWN, Desk

LOOSE = f"""\
[policy]
block-at = "critical"
warn-at = "low"

[[ignore]]
check = "{KNOWN}"
package = "left-pad@^1"
reason = "all is well\\u001b[2J"
until = 2027-01-31
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, trust.add_parser)


def trust_of(desk: Desk) -> Trust:
    return load(str(desk.project), desk.env, checks()).trust


def test_shows_what_loosens_and_trusts_it(desk: Desk) -> None:
    desk.file.write_text(LOOSE)
    assert trust_of(desk) is Trust.UNKNOWN
    inside = desk.project / "packages"
    inside.mkdir()
    assert desk.run("trust", folder=inside) == 0
    assert "line 2: policy.block-at" in desk.says
    assert "warn-at" not in desk.says
    assert f"line 5: {KNOWN} is accepted for left-pad@^1 until 2027-01-31: all is well\\x1b" in desk.says
    assert "\x1b" not in desk.says
    assert trust_of(desk) is Trust.TRUSTED


def test_a_file_that_only_tightens_says_so(desk: Desk) -> None:
    desk.file.write_text("[policy]\nblock-at = 'low'\n")
    assert desk.run("trust", str(desk.project), folder=desk.home) == 0
    assert "nothing that is looser" in desk.says
    assert trust_of(desk) is Trust.TRUSTED


def test_what_the_user_allows_anyway_is_not_shown(desk: Desk) -> None:
    own = Path(places(desk.env, str(desk.project)).config)
    own.parent.mkdir(parents=True)
    own.write_text("[policy]\nblock-at = 'critical'\n")
    desk.file.write_text("[policy]\nblock-at = 'critical'\n")
    desk.run("trust")
    assert "nothing that is looser" in desk.says


def test_a_change_ends_it(desk: Desk) -> None:
    desk.file.write_text(LOOSE)
    desk.run("trust")
    desk.file.write_text(LOOSE + "\n# more\n")
    assert trust_of(desk) is Trust.CHANGED
    desk.run("trust", "--list")
    assert "changed" in desk.says
    desk.run("trust")
    assert trust_of(desk) is Trust.TRUSTED


def test_list_and_revoke(desk: Desk) -> None:
    desk.run("trust", "--list")
    assert "no project" in desk.says
    desk.file.write_text(LOOSE)
    desk.run("trust")
    desk.run("trust", "--list")
    assert f"{desk.file.resolve()}  since 2026-06-1" in desk.says
    assert desk.run("trust", "--revoke") == 0
    assert trust_of(desk) is Trust.UNKNOWN
    with pytest.raises(UsageRefused, match="was not trusted"):
        desk.run("trust", "--revoke")


def test_a_file_that_is_gone_can_be_revoked(desk: Desk) -> None:
    desk.file.write_text(LOOSE)
    desk.run("trust")
    desk.file.unlink()
    desk.run("trust", "--list")
    assert "gone" in desk.says
    assert desk.run("trust", "--revoke") == 0
    desk.run("trust", "--list")
    assert "no project" in desk.says


def test_no_file_is_a_usage_error(desk: Desk) -> None:
    with pytest.raises(UsageRefused, match=r"no forecheck\.toml"):
        desk.run("trust")


@pytest.mark.parametrize("text", ["[polcy]\n", "not toml"])
def test_a_file_that_cannot_be_followed_is_not_trusted(desk: Desk, text: str) -> None:
    desk.file.write_text(text)
    with pytest.raises(ConfigError):
        desk.run("trust")
    assert not Path(places(desk.env, str(desk.project)).trust).exists()

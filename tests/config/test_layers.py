"""Several files → one configuration: values replace values, and a stranger's file can only tighten."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.check import Unknown, option_metadata
from forecheck.config import Config, FileConfig, Notice, defaults, merge, parse
from forecheck.config.stricter import tighten
from forecheck.model import Severity, UnavailableKind
from tests.config.documents import DOCUMENTS
from tests.config.samples import CHECKS, YoungOptions

STRICTNESS = [Unknown.NOTE, Unknown.WARN, Unknown.BLOCK]


def read(text: str, name: str = "forecheck.toml") -> FileConfig:
    return parse(text, name, CHECKS)


def merged(user: str, project: str, *, trusted: bool = False) -> tuple[Config, tuple[Notice, ...]]:
    return merge(read(user, "user"), read(project), trusted=trusted, checks=CHECKS)


def young(config: Config) -> YoungOptions:
    options = config.checks["young-release"].options
    assert isinstance(options, YoungOptions)
    return options


def meaning(config: Config, check: str, kind: UnavailableKind = UnavailableKind.OFFLINE) -> Unknown:
    return config.meaning(check, kind)[0]


def test_without_files_everything_has_its_default() -> None:
    config, notices = merge(None, None, trusted=False, checks=CHECKS)
    assert notices == ()
    assert young(config) == YoungOptions()
    assert config.thresholds.block_at is Severity.HIGH
    assert config.enabled(CHECKS) == CHECKS
    assert config.severities() == {}
    assert meaning(config, "known-malware") is Unknown.BLOCK
    assert meaning(config, "known-malware", UnavailableKind.UNSUPPORTED) is Unknown.NOTE
    assert config.sources["downloads"].url == "https://api.npmjs.org"


def test_the_users_own_file_may_say_anything() -> None:
    config, notices = merge(
        read(
            "[policy]\nblock-at = 'critical'\nunknown = 'note'\n"
            "[checks.young-release]\nmin-age = '1d'\nseverity = 'info'\n[checks.install-script]\nenabled = false\n"
            "[sources.downloads]\nenabled = false\n[registries]\nprivate = ['@corp']\n[network]\nmax-concurrency = 2"
        ),
        None,
        trusted=False,
        checks=CHECKS,
    )
    assert notices == ()
    assert config.thresholds.block_at is Severity.CRITICAL
    assert meaning(config, "known-malware") is Unknown.NOTE
    assert young(config).min_age == timedelta(days=1)
    assert young(config).max_versions == 10
    assert config.severities() == {"young-release": Severity.INFO}
    assert [check.id for check in config.enabled(CHECKS)] == ["young-release", "known-malware"]
    assert not config.sources["downloads"].enabled
    assert config.sources["downloads"].attempts == 2
    assert config.registries.private == ("@corp",)
    assert config.network.max_concurrency == 2


LOOSENING = {
    "block-at": ("[policy]\nblock-at = 'critical'", 2, "policy.block-at"),
    "warn-at": ("[policy]\nwarn-at = 'high'", 2, "policy.warn-at"),
    "confidence": ("[policy]\nblock-confidence = 'high'", 2, "policy.block-confidence"),
    "unknown": ("[policy]\nunknown = 'note'", 2, "policy.unknown"),
    "unknown default": ("[policy.unknown]\ndefault = 'note'", 2, "policy.unknown.default"),
    "unknown kind": ("[policy.unknown]\noffline = 'warn'", 2, "policy.unknown.offline"),
    "check's unknown": ("[checks.known-malware]\nunknown = 'warn'", 2, "checks.known-malware.unknown"),
    "disabling": ("[checks.known-malware]\nenabled = false", 2, "checks.known-malware.enabled"),
    "severity": ("[checks.known-malware]\nseverity = 'high'", 2, "checks.known-malware.severity"),
    "higher option": ("[checks.young-release]\nmin-age = '6d'", 2, "checks.young-release.min-age"),
    "lower option": ("[checks.young-release]\nratio = 0.6", 2, "checks.young-release.ratio"),
    "true option": ("[checks.young-release]\nprereleases = false", 2, "checks.young-release.prereleases"),
    "false option": ("[checks.young-release]\nlenient = true", 2, "checks.young-release.lenient"),
    "longer list": ("[checks.young-release]\ntrusted = ['ann','eve']", 2, "checks.young-release.trusted"),
    "shorter list": ("[checks.young-release]\nwatched = []", 2, "checks.young-release.watched"),
    "exception": ("\n[[ignore]]\ncheck='known-malware'\npackage='a'\nreason='r'", 2, "[[ignore]]"),
    "source off": ("[sources.downloads]\nenabled = false", 2, "sources.downloads.enabled"),
    "source on": ("[sources.downloads]\nenabled = true", 2, "sources.downloads.enabled"),
    "source elsewhere": ("[sources.downloads]\nurl = 'https://evil.example'", 2, "sources.downloads.url"),
    "private": ("[registries]\nprivate = ['https://registry.npmjs.org/']", 2, "registries.private"),
    "public": ("[registries]\npublic = ['@corp']", 2, "registries.public"),
    "cache": ("[network]\n\ncache-dir = '/tmp/shared'", 3, "network.cache-dir"),
}


@pytest.mark.parametrize(("text", "line", "key"), LOOSENING.values(), ids=LOOSENING.keys())
def test_a_stranger_cannot_loosen(text: str, line: int, key: str) -> None:
    config, notices = merged("", text)
    assert [(notice.path, notice.line, notice.key) for notice in notices] == [("forecheck.toml", line, key)]
    assert f"forecheck.toml:{line}: {key}" in notices[0].text
    assert "forecheck trust" in notices[0].text
    assert no_weaker(config, defaults(CHECKS))
    assert merged("", text, trusted=True)[1] == ()


def test_what_a_trusted_file_says_is_followed() -> None:
    config, _ = merged(
        "[policy]\nblock-at = 'medium'\nwarn-at = 'info'\n[policy.unknown]\noffline = 'block'",
        "[policy]\nblock-at = 'critical'\nunknown = 'note'\n[checks.young-release]\nmin-age = '1h'\n"
        "[[ignore]]\ncheck='known-malware'\npackage='a'\nreason='r'\n[sources.downloads]\nenabled = false",
        trusted=True,
    )
    assert config.thresholds.block_at is Severity.CRITICAL
    assert config.thresholds.warn_at is Severity.INFO
    assert meaning(config, "known-malware") is Unknown.NOTE
    assert young(config).min_age == timedelta(hours=1)
    assert [ignore.package for ignore in config.ignores] == ["a"]
    assert not config.sources["downloads"].enabled


def test_a_stranger_may_tighten() -> None:
    config, notices = merged(
        "[checks.known-malware]\nenabled = false\n[checks.install-script]\nseverity = 'info'",
        "[policy]\nblock-at = 'medium'\nwarn-at = 'info'\nblock-confidence = 'low'\nnon-interactive = 'block'\n"
        "unknown = {timeout = 'block'}\n"
        "[checks.young-release]\nmin-age = '30d'\nmax-versions = 2\ntrusted = ['bob']\nwatched = ['left-pad', 'x']\n"
        "[checks.known-malware]\nenabled = true\n[checks.install-script]\nseverity = 'high'\nunknown = 'block'",
    )
    assert notices == ()
    limits = config.thresholds
    assert (limits.block_at, limits.warn_at) == (Severity.MEDIUM, Severity.INFO)
    assert young(config) == YoungOptions(
        min_age=timedelta(days=30), max_versions=2, trusted=("bob",), watched=frozenset({"left-pad", "x"})
    )
    assert config.checks["known-malware"].enabled
    assert config.checks["install-script"].floor is Severity.HIGH
    assert meaning(config, "install-script") is Unknown.BLOCK
    assert meaning(config, "young-release", UnavailableKind.TIMEOUT) is Unknown.BLOCK
    assert meaning(config, "young-release") is Unknown.WARN


def test_the_strict_half_of_a_list_is_followed() -> None:
    config, notices = merged("", "[checks.young-release]\ntrusted = ['eve', 'bob']")
    assert young(config).trusted == ("bob",)
    assert [notice.key for notice in notices] == ["checks.young-release.trusted"]


def test_a_check_table_of_a_stranger_does_not_hide_the_users_stricter_policy() -> None:
    config, _ = merged("[policy.unknown]\noffline = 'block'", "[checks.young-release]\nunknown = 'warn'")
    assert meaning(config, "young-release") is Unknown.BLOCK


def test_many_exceptions_of_a_stranger_are_one_notice() -> None:
    one = "[[ignore]]\ncheck='known-malware'\npackage='a'\nreason='r'\n"
    _, notices = merged("", one * 50)
    assert [notice.key for notice in notices] == ["[[ignore]] and 49 more like it"]


def test_the_users_own_exceptions_stay_beside_a_strangers_file() -> None:
    one = "[[ignore]]\ncheck='known-malware'\npackage='{}'\nreason='r'\n"
    config, _ = merged(one.format("mine"), one.format("theirs"))
    assert [ignore.package for ignore in config.user_ignores] == ["mine"]
    assert config.ignores == ()


def test_private_names_stay_private() -> None:
    config, _ = merged(
        "[registries]\nprivate = ['@corp']\npublic = ['https://registry.npmjs.org/', '@open']", ""
    )
    npm, other = "https://registry.npmjs.org/", "https://npm.corp.example/"
    told = config.registries.may_tell
    assert told("left-pad", npm)
    assert told("@open/x", other)
    assert not told("@corp/x", npm)
    assert not told("left-pad", other)


def no_weaker(config: Config, than: Config) -> bool:
    """Whether the policy is at least as strict in every coordinate, and everything else is the same."""
    ours, theirs = config.thresholds, than.thresholds
    assert ours.block_at <= theirs.block_at
    assert ours.warn_at <= theirs.warn_at
    assert ours.block_confidence <= theirs.block_confidence
    assert ours.non_interactive >= theirs.non_interactive
    for check in CHECKS:
        one, other = config.checks[check.id], than.checks[check.id]
        assert one.enabled >= other.enabled
        assert one.severity == other.severity
        for kind in UnavailableKind:
            strictness = STRICTNESS.index(config.meaning(check.id, kind)[0])
            assert strictness >= STRICTNESS.index(than.meaning(check.id, kind)[0])
    mine, own = young(config), young(than)
    assert mine.min_age >= own.min_age
    assert mine.max_versions <= own.max_versions
    assert mine.ratio <= own.ratio
    assert mine.prereleases >= own.prereleases
    assert mine.lenient <= own.lenient
    assert set(mine.trusted) <= set(own.trusted)
    assert mine.watched >= own.watched
    assert mine.grade >= own.grade
    rest = ("ignores", "user_ignores", "sources", "registries", "network", "advisories", "unknown")
    assert [getattr(config, name) for name in rest] == [getattr(than, name) for name in rest]
    return True


@given(DOCUMENTS, DOCUMENTS)
def test_a_strangers_file_never_makes_the_policy_weaker(user: str, project: str) -> None:
    alone, _ = merge(read(user, "user"), None, trusted=False, checks=CHECKS)
    config, _ = merged(user, project)
    assert no_weaker(config, alone)


@given(DOCUMENTS, DOCUMENTS)
def test_no_notice_means_that_all_of_it_is_followed(user: str, project: str) -> None:
    config, notices = merged(user, project)
    if notices:
        return
    followed, _ = merged(user, project, trusted=True)
    assert config.thresholds == followed.thresholds
    assert young(config) == young(followed)
    outside = ("sources", "registries", "network", "advisories")
    assert [getattr(config, name) for name in outside] == [getattr(followed, name) for name in outside]
    for check in CHECKS:
        assert config.checks[check.id].enabled == followed.checks[check.id].enabled


@given(DOCUMENTS)
def test_the_users_own_file_as_a_stranger_changes_nothing_it_says(text: str) -> None:
    alone, _ = merge(read(text), None, trusted=False, checks=CHECKS)
    config, _ = merged(text, text)
    assert config.thresholds == alone.thresholds
    assert young(config) == young(alone)


@given(st.text())
def test_texts_have_no_stricter_side(text: str) -> None:
    for option in option_metadata(YoungOptions).values():
        assert tighten(option.stricter, "own", text) == ("own", text == "own")


def test_strictly_changes_nothing_else() -> None:
    config = defaults(CHECKS)
    strict = config.strictly()
    assert strict.thresholds.strict
    assert msgspec.structs.replace(strict, thresholds=config.thresholds) == config

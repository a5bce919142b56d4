"""forecheck.toml → FileConfig, or one error that names file and line."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.check import Unknown
from forecheck.config import ConfigError, FileConfig, NonInteractive, parse
from forecheck.model import Confidence, Severity, UnavailableKind
from forecheck.report import Ignore
from tests.config.documents import ALMOST_TOML, DOCUMENTS
from tests.config.samples import CHECKS

FULL = """\
[policy]
block-at = "critical"
block-confidence = "low"
warn-at = "high"
non-interactive = "block"

[policy.unknown]
default = "warn"
offline = "block"

[checks.young-release]
enabled = true
severity = "low"
unknown = "note"
min-age = "36h"
max-versions = 3
ratio = 1
prereleases = false
trusted = ["carol"]
watched = ["a", "b", "a"]
grade = "info"

[[ignore]]
check = "known-malware"
package = "@corp/tool@^2"
reason = "reviewed by us"
until = 2027-01-31

[[ignore]]
check = "install-script"
package = "*"
reason = "none run here"

[sources.downloads]
enabled = false
url = "https://downloads.corp.example/api"
deadline = "PT1M30S"
attempts = 1

[registries]
private = ["@corp", "https://npm.corp.example/"]
public = ["https://registry.npmjs.org/"]

[network]
max-concurrency = 4
cache-max-age = "10m"
cache-dir = "~/.cache/fc"
"""


def test_reads_every_section() -> None:
    file = parse(FULL, "forecheck.toml", CHECKS)
    policy = file.policy
    assert (policy.block_at, policy.block_confidence, policy.warn_at) == (
        Severity.CRITICAL,
        Confidence.LOW,
        Severity.HIGH,
    )
    assert policy.non_interactive is NonInteractive.BLOCK
    assert policy.unknown is not None
    assert policy.unknown.default is Unknown.WARN
    assert policy.unknown.by_kind == {UnavailableKind.OFFLINE: Unknown.BLOCK}
    young = file.checks["young-release"]
    assert (young.enabled, young.severity, young.unknown) == (True, Severity.LOW, Unknown.NOTE)
    assert young.options == {
        "min_age": timedelta(hours=36),
        "max_versions": 3,
        "ratio": 1.0,
        "prereleases": False,
        "trusted": ("carol",),
        "watched": frozenset({"a", "b"}),
        "grade": Severity.INFO,
    }
    assert file.ignores == (
        Ignore("known-malware", "@corp/tool@^2", "reviewed by us", date(2027, 1, 31), "forecheck.toml:23"),
        Ignore("install-script", "*", "none run here", None, "forecheck.toml:29"),
    )
    downloads = file.sources["downloads"]
    assert (downloads.enabled, downloads.deadline, downloads.attempts) == (False, timedelta(seconds=90), 1)
    assert downloads.url == "https://downloads.corp.example/api"
    assert file.registries.private == ("@corp", "https://npm.corp.example/")
    assert (file.network.max_concurrency, file.network.cache_max_age) == (4, timedelta(minutes=10))
    assert file.network.cache_dir == "~/.cache/fc"


def test_says_nothing_where_the_file_says_nothing() -> None:
    assert parse("", "f", CHECKS) == FileConfig("f")


def test_unknown_may_be_one_word() -> None:
    unknown = parse('[policy]\nunknown = "block"', "f", CHECKS).policy.unknown
    assert unknown is not None
    assert (unknown.default, unknown.by_kind) == (Unknown.BLOCK, {})


def ignore(check: str = "known-malware", package: str = "a", reason: str = "r", rest: str = "") -> str:
    return f"[[ignore]]\ncheck = '{check}'\npackage = '{package}'\nreason = '{reason}'\n{rest}"


MISTAKES = {
    "not TOML": ("a = 1\nb", 2, "not valid TOML", ""),
    "end of document": ("a = 1\n[policy", 2, "not valid TOML", ""),
    "key twice": ("[policy]\nwarn-at = 'low'\nwarn-at = 'low'\n[network]", 3, "overwrite", ""),
    "no such day": (ignore(rest="until = 2027-02-30"), 5, "Invalid date", ""),
    "no such day in a string": (ignore(rest="until = '2027-02-30'"), 5, "not in the calendar", ""),
    "week date": (ignore(rest="until = '2027-W01-1'"), 5, "a date such as", ""),
    "date and time": (ignore(rest="until = 2027-01-01T00:00:00Z"), 5, "ignore.until", "leave the time away"),
    "unknown section": ("\n[polcy]\n", 2, 'unknown key "polcy"', "policy"),
    "unknown key": ("[policy]\n\nblock_at = 'low'", 3, 'unknown key "policy.block_at"', "block-at"),
    "unknown key, no near one": ("[network]\nzzz = 1", 2, "network.zzz", "known here: max-concurrency"),
    "unknown meaning": (
        "[policy]\nunknown = {offline='wran'}",
        2,
        'policy.unknown.offline: expected "note"',
        "warn",
    ),
    "unknown kind in table": ("[policy.unknown]\nofline = 'note'", 2, "policy.unknown.ofline", "offline"),
    "section is no table": ("policy = 3", 1, "policy: expected a table, got an integer (3)", ""),
    "policy as array": ("[[policy]]\nwarn-at = 'low'", 1, "expected a table, got an array", ""),
    "wrong word": ("[policy]\nblock-at = 'hgh'", 2, 'policy.block-at: expected "info" or', "high"),
    "number for a word": ("[policy]\nblock-at = 3", 2, "got an integer (3)", ""),
    "no such check": ("[checks.known-malwar]\n", 1, 'no check "known-malwar"', "known-malware"),
    "check is no table": ("[checks]\nknown-malware = false", 2, "checks.known-malware: expected a table", ""),
    "unknown option": ("[checks.young-release]\nminage = '7d'", 2, "checks.young-release.minage", "min-age"),
    "option of another check": ("[checks.known-malware]\nmin-age = '7d'", 2, "unknown key", "known here"),
    "days as a number": ("[checks.young-release]\nmin-age = 7", 2, "a duration such as", '"7d"'),
    "months": ("[checks.young-release]\nmin-age = '1mo'", 2, "a duration such as", ""),
    "negative": ("[checks.young-release]\nmin-age = '-1d'", 2, "a duration such as", ""),
    "ISO months": ("[checks.young-release]\nmin-age = 'P1M'", 2, "a duration such as", ""),
    "empty ISO": ("[checks.young-release]\nmin-age = 'P1DT'", 2, "a duration such as", ""),
    "float for int": ("[checks.young-release]\nmax-versions = 1.0", 2, "an integer, got a float (1.0)", ""),
    "bool for int": ("[checks.young-release]\nmax-versions = true", 2, "got a boolean (true)", ""),
    "nan": ("[checks.young-release]\nratio = nan", 2, "expected a number", ""),
    "infinity": ("[checks.young-release]\nratio = -inf", 2, "expected a number", ""),
    "text for bool": ("[checks.young-release]\nprereleases = 'no'", 2, "true or false", ""),
    "text for list": ("[checks.young-release]\ntrusted = 'ann'", 2, "an array", "brackets"),
    "wrong item": (
        "[checks.young-release]\ntrusted = [\n'ann',\n2]",
        4,
        "young-release.trusted: expected a string",
        "",
    ),
    "ignore is one table": ("[ignore]\ncheck = 'known-malware'", 1, "expected [[ignore]] tables", ""),
    "ignore without reason": ("[[ignore]]\ncheck='known-malware'\npackage='a'", 1, "needs a reason", ""),
    "ignore without package": ("\n[[ignore]]\ncheck='known-malware'\nreason='r'", 2, "needs a package", ""),
    "ignore without check": ("[[ignore]]\npackage='a'\nreason='r'", 1, "needs a check", ""),
    "blank reason": (ignore(reason=" "), 4, "a reason, on one line", ""),
    "reason of two lines": (
        "[[ignore]]\nreason = 'a\\n'\n".replace("'", '"'),
        2,
        "a reason, on one line",
        "",
    ),
    "ignore of everything": (ignore(check="*"), 2, "for one check", ""),
    "ignore of no check": (ignore(check="install-scripts"), 2, "no check", "install-script"),
    "package without name": (ignore(package="@1.0.0"), 3, 'expected "name"', ""),
    "package with a space": (ignore(package="a b"), 3, 'expected "name"', ""),
    "package with a pattern": (ignore(package="@corp/*"), 3, 'expected "name"', ""),
    "package with a tag": (ignore(package="a@latest"), 3, '"latest" is not a version', ""),
    "package with no range": (ignore(package="a@"), 3, 'expected "name"', ""),
    "endless package": (ignore(package="a" * 600), 3, "more than 500 characters", ""),
    "unknown source": ("[sources.download]\n", 1, "sources.download", "downloads"),
    "http": ("[sources.downloads]\nurl='http://a.example'", 2, "an https:// URL", ""),
    "credentials": ("[sources.downloads]\nurl='https://u:p@a.example/'", 2, "without a user name", ""),
    "localhost lookalike": (
        "[sources.downloads]\nurl='http://localhost.evil.example/'",
        2,
        "an https:// URL",
        "",
    ),
    "registry's url": ("[sources.registry]\nurl='https://a.example'", 2, "npm's own configuration", ".npmrc"),
    "no attempts": ("[sources.registry]\nattempts = 0", 2, "at least 1", ""),
    "many attempts": ("[sources.registry]\nattempts = 11", 2, "at most 10", ""),
    "private host": ("[registries]\nprivate = ['npm.corp.example']", 2, "such as", ""),
    "relative cache": ("[network]\ncache-dir = 'cache'", 2, "an absolute path", ""),
    "deep": ("[policy]\nunknown = " + "[" * 100, 2, "nested more than", ""),
    "too big a number": ("[network]\nmax-concurrency = " + "9" * 5000, 2, "more than 100 characters", ""),
}


@pytest.mark.parametrize(("text", "line", "what", "hint"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes(text: str, line: int, what: str, hint: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        parse(text, "some/forecheck.toml", CHECKS)
    assert wrong.value.line == line
    assert what in wrong.value.what
    assert hint in wrong.value.hint
    assert str(wrong.value).startswith(f"some/forecheck.toml:{line}: ")


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ConfigError, match="characters"):
        parse("#" * (512 * 1024 + 1), "f", CHECKS)


def test_a_hostile_key_cannot_forge_lines_of_output() -> None:
    with pytest.raises(ConfigError) as wrong:
        parse('"\\u001b[2Jpolicy\\nall is well" = 1', "f", CHECKS)
    assert str(wrong.value).isprintable()
    assert wrong.value.hint.isprintable()


@pytest.mark.parametrize(
    ("text", "days"),
    [("7d", 7), ("P7D", 7), ("2w", 14), ("P2W", 14), ("48h", 2), ("PT48H", 2), ("P1DT24H", 2), ("1440m", 1)],
)
def test_durations(text: str, days: int) -> None:
    file = parse(f"[checks.young-release]\nmin-age = '{text}'", "f", CHECKS)
    assert file.checks["young-release"].options["min_age"] == timedelta(days=days)


def test_the_same_exception_may_stand_twice() -> None:
    assert len(parse(ignore() + ignore(rest="until = 2027-01-01\n"), "f", CHECKS).ignores) == 2


@given(ALMOST_TOML | st.text() | st.tuples(DOCUMENTS, ALMOST_TOML).map("\n".join))
def test_any_text_is_a_file_or_an_error_with_a_line(text: str) -> None:
    try:
        parse(text, "f", CHECKS)
    except ConfigError as wrong:
        line = wrong.line
    else:
        line = 1
    assert 1 <= line <= text.count("\n") + 1


@given(DOCUMENTS)
def test_documents_of_every_content_are_read(text: str) -> None:
    assert parse(text, "f", CHECKS).places

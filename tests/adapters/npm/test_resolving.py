"""npm's errors with --json.

Recorded from npm 11.19.1 against the test registry (addresses and versions changed, long details cut): E404 with
"could not be found", ETARGET without a date, ENOVERSIONS, ERESOLVE, ENOENT, ENOTCACHED and git's 128. The others
are written after what `explain` reads, not recorded: "is not in this registry", ETARGET with a date, E401, odd types.
"""

from typing import Any

import msgspec
import pytest

from forecheck.adapters.npm.program import NpmError
from forecheck.adapters.npm.resolving import _failure, explain
from forecheck.model import Missing, Unresolved

R = "https://r.example/"
MISSING = (
    " could not be found or you do not have permission to access it.\n\nNote that you can also install from a\n"
    "tarball, folder, http url, or git url."
)
NO_VERSION = (
    "In most cases you or one of your dependencies are requesting a package version that doesn't exist."
)


def explained(code: Any, summary: Any, detail: Any = "", age_limit: str = "") -> Unresolved:
    printed = msgspec.json.encode({"error": {"code": code, "summary": summary, "detail": detail}})
    failure = _failure(b"npm warn something\n" + printed)
    assert failure is not None
    return explain(failure, lambda _: R, lambda text: text.replace("/private/fs", ""), age_limit)


@pytest.mark.parametrize(
    ("code", "summary", "detail", "name", "wanted", "missing"),
    [
        ("E404", f"Not Found - GET {R}lost - Not found", f"The requested resource 'lost@*'{MISSING}",
         "lost", "*", Missing.PACKAGE),
        ("E404", f"Not Found - GET {R}@s%2flost - Not found", f"The requested resource '@s/lost@^1'{MISSING}",
         "@s/lost", "^1", Missing.PACKAGE),
        ("E404", f"Not Found - GET {R}lost - Not found", "'lost@>=1 <2' is not in this registry.",
         "lost", ">=1 <2", Missing.PACKAGE),
        ("ETARGET", "No matching version found for plain@9.", NO_VERSION, "plain", "9", Missing.VERSION),
        ("ETARGET", "No matching version found for @s/x@>=9 <10.", NO_VERSION, "@s/x", ">=9 <10", Missing.VERSION),
        ("ETARGET", "No matching version found for plain@9.1.0.", NO_VERSION, "plain", "9.1.0", Missing.VERSION),
        ("ETARGET", "No matching version found for plain@beta.", NO_VERSION, "plain", "beta", Missing.VERSION),
        ("ENOVERSIONS", "No versions available for plain", "", "plain", "", Missing.PACKAGE),
        ("ENOVERSIONS", "No versions available for @s/plain", "", "@s/plain", "", Missing.PACKAGE),
    ],
)  # fmt: skip
def test_what_the_registry_does_not_have(
    code: str, summary: str, detail: str, name: str, wanted: str, missing: Missing
) -> None:
    assert explained(code, summary, detail) == Unresolved(name, wanted, R, missing)


@pytest.mark.parametrize(
    ("code", "summary", "detail", "words", "hint"),
    [
        ("ETARGET", "No matching version found for plain@^1 with a date before 1/1/2001, 12:00:00 AM.", NO_VERSION,
         "with a date before", ""),
        ("ERESOLVE", "unable to resolve dependency tree", "While resolving: mine@1.0.0\nFound: plain@1.0.0",
         "While resolving: mine@1.0.0", "--legacy-peer-deps"),
        ("ENOENT", "Could not read package.json: Error: ENOENT: no such file, open '/private/fs/p/x/package.json'", "",
         "open '/p/x/package.json'", ""),
        ("ENOTCACHED", f"request to {R}plain failed: cache mode is 'only-if-cached'", "", "failed", "--offline"),
        (128, "An unknown git error occurred", "git --no-replace-objects ls-remote https://h/x.git", "ls-remote", ""),
        ("E401", "Unable to authenticate", "", "Unable to authenticate", "npm login"),
        ("E404", "Not Found - GET https://h/x.tgz", "nothing that names a package", "GET https://h/x.tgz", ""),
        ("", "", "", "without saying why", ""),
        (None, ["a"], {"b": 1}, "['a']", ""),
    ],
)  # fmt: skip
def test_other_failures_are_told_in_npms_words(
    code: Any, summary: Any, detail: Any, words: str, hint: str
) -> None:
    with pytest.raises(NpmError) as caught:
        explained(code, summary, detail)
    assert words in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.code == str(code)


@pytest.mark.parametrize("setting", ["before", "min-release-age"])
def test_a_package_of_which_every_version_is_too_young_is_not_called_unknown(setting: str) -> None:
    with pytest.raises(NpmError, match=f"no version of plain is old enough for {setting}"):
        explained("ENOVERSIONS", "No versions available for plain", "", setting)


@pytest.mark.parametrize("out", [b"", b"no json", b"{", b"[]", b'{"error": 1}', b'{"added": 1}', b"\xff{}"])
def test_output_without_an_error_is_none(out: bytes) -> None:
    assert _failure(out) is None

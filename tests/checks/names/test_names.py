from typing import Any

import pytest

from forecheck.model import Confidence, Severity
from tests.checks.running import findings, history, only

POPULAR = ("popular.json", {"lodash": 700_000_000, "express": 300_000_000})


def package(name: str, age: float = 900, version: str = "1.0.0", **top: Any) -> tuple[str, dict[str, Any]]:
    title, document = history((version, age, {}), **top)
    return title, {**document, "name": name}


@pytest.mark.parametrize(
    "version", ["0.0.1-security", "0.0.2-security", "0.0.1-security.0", "0.0.1-security.12", "0.0.0-security"]
)
def test_placeholders_of_every_form(version: str) -> None:
    found = only("security-placeholder", package("crossenv", version=version))
    assert found is not None
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    "version", ["1.0.0-security", "0.0.1-security-fix", "0.0.1-beta", "0.0.1", "0.1.0-security"]
)
def test_what_is_no_placeholder(version: str) -> None:
    assert only("security-placeholder", package("crossenv", version=version)) is None


def test_nothing_is_asked_about_names_that_earned_theirs() -> None:
    used = ("downloads.json", {"lodahs": 40_000})
    assert only("typosquat", package("lodahs", age=900), used, POPULAR) is None


def test_new_and_unused_is_surest() -> None:
    found = only("typosquat", package("lodahs", age=1), ("downloads.json", {"lodahs": 3}), POPULAR)
    assert found is not None
    assert (found.severity, found.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert found.fix is not None
    assert found.fix.title == "did you mean lodash?"


def test_a_dead_download_counter_does_not_stop_the_comparison() -> None:
    found = only("typosquat", package("lodahs", age=1), POPULAR)
    assert found is not None
    assert "not known" in found.message


@pytest.mark.parametrize(
    ("wanted", "target"), [("expresss", "express"), ("lodahs", "lodash"), ("corp-billing-rules", None)]
)
def test_an_unknown_package_may_be_a_slip(wanted: str, target: str | None) -> None:
    asked = ("wanted.json", {"name": wanted, "wanted": "latest", "missing": "package"})
    [found] = findings("unknown-package", asked, POPULAR)
    assert (found.fix.title if found.fix else None) == (f"did you mean {target}?" if target else None)

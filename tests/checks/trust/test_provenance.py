import json
from datetime import timedelta
from typing import Any

import pytest

from forecheck import discover
from forecheck.engine import Facts, run_checks
from forecheck.evidence.attestations import TrustRoots
from forecheck.graph import wire
from forecheck.model import Confidence, Finding, Outcome, Passed, Severity, Skipped, UnavailableKind
from forecheck.provenance.agreement import repository_key, same_repository
from forecheck.provenance.statement import PROVENANCE, PUBLISH
from forecheck.provenance.trust import FRESH_FOR
from tests.checks.examples import Block, Example, NoProgress, World, one_by_one
from tests.checks.running import check_called
from tests.fakes.ports import NOW, PUBLIC
from tests.fakes.sigstore import FakeTrustRoots, Sigstore, filed, shared, statement
from tests.provenance.recorded import filed as recorded
from tests.provenance.recorded import integrities

INTEGRITY = "sha512-dGFyYmFsbA=="
SHA512 = b"tarball".hex()
URL = f"{PUBLIC}-/npm/v1/attestations/thing@1.0.0"


def outcome(name: str, listed: list[Any], *, roots: Any = None, **dist: Any) -> Outcome:
    """What a check says of a release that is served with these attestations."""
    return outcomes_of("thing", "1.0.0", name, listed, roots, {"integrity": INTEGRITY, **dist})[0]


def outcomes_of(
    package: str,
    version: str,
    name: str,
    listed: list[Any],
    roots: Any,
    dist: dict[str, Any],
    **declared: Any,
) -> tuple[Outcome, ...]:
    check = check_called(name)
    url = f"{PUBLIC}-/npm/v1/attestations/{package.replace('/', '%2f')}@{version}"
    full = {"attestations": {"url": url, "provenance": {"predicateType": PROVENANCE[0]}}, **dist}
    packument = {"name": package, "versions": {version: {"dist": full, **declared}}}
    world = World(Example(name, "bad", "a row", (Block("packument.json", json.dumps(packument)),)))
    world.http.answers[url] = {"attestations": listed}
    world.context[TrustRoots] = roots or FakeTrustRoots(NOW.at)
    facts = Facts(wire([check], discover.sources(), world.context), world.context)
    facts.fetch(world.subjects, one_by_one, NoProgress())
    return run_checks([check], {}, {}, facts, world.subjects)


def one(**wanted: Any) -> Any:
    return filed("thing", "1.0.0", INTEGRITY, wanted)


def said(**how: Any) -> Any:
    return {
        "predicateType": PROVENANCE[0],
        "bundle": shared().attest(statement("thing", "1.0.0", SHA512, **how)),
    }


def spoilt() -> Any:
    entry = one()
    entry["bundle"]["dsseEnvelope"]["signatures"] = one()["bundle"]["dsseEnvelope"]["signatures"]
    return entry


def test_good_provenance_passes() -> None:
    assert isinstance(outcome("provenance", [one(signer="npm"), one()]), Passed)


CRITICAL = {
    "its signature is not the logged one": (spoilt(), "is false: the log entry is about something else"),
    "another name": (one(about="pkg:npm/other@1.0.0"), "is about pkg:npm/other@1.0.0"),
    "another version": (one(about="pkg:npm/thing@1.0.1"), "is about pkg:npm/thing@1.0.1"),
    "a scope that looks the same": (one(about="pkg:npm/@thing@1.0.0"), "is about pkg:npm/@thing@1.0.0"),
    "another tarball": (
        {**said(), "bundle": shared().attest(statement("thing", "1.0.0", "00" * 64))},
        f"is about a tarball with the SHA-512 0000000000000000…, not {SHA512}…",
    ),
    "no digest": (
        {**said(), "bundle": shared().attest(statement("thing", "1.0.0", ""))},
        "names no SHA-512 of the tarball",
    ),
    "filed as something else": (
        {**one(), "predicateType": PROVENANCE[1]},
        "is filed as https://slsa.dev/provenance/v0.2, but says that it is https://slsa.dev/provenance/v1",
    ),
    "signed by a person": (
        one(issuer="https://accounts.google.com", subject="mallory@example.com"),
        "is signed by mallory@example.com, which is no build service",
    ),
    "the build of another repository": (
        said(repository="https://github.com/else/where"),
        "but the build that signed it ran for https://github.com/some/thing",
    ),
    "provenance by npm": (
        {"predicateType": PROVENANCE[0], "bundle": shared().publish(statement("thing", "1.0.0", SHA512))},
        "says where it was built, but no build has signed it",
    ),
}


@pytest.mark.parametrize(("entry", "says"), CRITICAL.values(), ids=CRITICAL)
def test_what_is_false_blocks(entry: Any, says: str) -> None:
    provenance = [] if entry["predicateType"] == PROVENANCE[0] else [one()]
    found = outcome("provenance", [entry, *provenance])
    assert isinstance(found, Finding)
    assert found.message.endswith(says)
    assert (found.severity, found.confidence) == (Severity.CRITICAL, Confidence.HIGH)


def test_npm_says_that_something_else_was_published() -> None:
    wrong = statement("other", "2.0.0", SHA512, predicate=PUBLISH, about="pkg:npm/thing@1.0.0")
    listed = [one(), {"predicateType": PUBLISH, "bundle": shared().publish(wrong)}]
    found = outcome("provenance", listed)
    assert isinstance(found, Finding)
    assert found.message.endswith("says that other@2.0.0 was published")


def test_a_publish_attestation_must_be_the_registrys() -> None:
    made = statement("thing", "1.0.0", SHA512, predicate=PUBLISH)
    found = outcome("provenance", [one(), {"predicateType": PUBLISH, "bundle": shared().attest(made)}])
    assert isinstance(found, Finding)
    assert found.message.endswith("speaks for the registry, but is not signed by it")


def test_several_things_instead_of_one() -> None:
    both = statement("thing", "1.0.0", SHA512)
    both["subject"] *= 2
    found = outcome("provenance", [{"predicateType": PROVENANCE[0], "bundle": shared().attest(both)}])
    assert isinstance(found, Finding)
    assert "is about 2 things instead of one" in found.message


@pytest.mark.parametrize("listed", [[], [one(signer="npm")]], ids=["nothing", "only npm's own"])
def test_promised_and_not_served(listed: list[Any]) -> None:
    found = outcome("provenance", listed)
    assert isinstance(found, Finding)
    assert found.severity is Severity.HIGH
    assert found.message == "the registry promises an attestation (slsa.dev/provenance/v1) and serves none"


def test_messages_stay_short_whatever_the_registry_says() -> None:
    long = "https://slsa.dev/" + "x" * 100_000
    found = outcome("provenance", [{**one(), "predicateType": long}])
    assert isinstance(found, Finding)
    assert len(found.message) < 500


def test_promised_without_saying_what() -> None:
    url = {"url": URL}
    found = outcome("provenance", [], attestations=url)
    assert isinstance(found, Finding)
    assert found.severity is Severity.HIGH
    assert found.message == "the registry promises attestations and serves none"


def test_what_cannot_be_read_is_as_bad_as_not_served() -> None:
    found = outcome("provenance", [{"predicateType": PROVENANCE[0], "bundle": {"mediaType": 7}}])
    assert isinstance(found, Finding)
    assert found.severity is Severity.HIGH


def stranger() -> Any:
    made = Sigstore("other").attest(statement("thing", "1.0.0", SHA512))
    return {"predicateType": PROVENANCE[0], "bundle": made}


def test_a_key_nobody_knows_is_false_by_a_fresh_trust_root() -> None:
    found = outcome("provenance", [stranger()])
    assert isinstance(found, Finding)
    assert found.severity is Severity.CRITICAL


def test_a_key_nobody_knows_is_unknown_by_an_old_trust_root() -> None:
    old = FakeTrustRoots(NOW.at - FRESH_FOR - timedelta(days=1))
    found = outcome("provenance", [stranger()], roots=old)
    assert isinstance(found, Skipped)
    assert found.kind is UnavailableKind.OFFLINE
    assert isinstance(outcome("provenance", [stranger(), spoilt()], roots=old), Finding)


def test_a_form_of_the_future_is_unknown() -> None:
    entry = one()
    entry["bundle"]["mediaType"] = "application/vnd.dev.sigstore.bundle.v9+json"
    found = outcome("provenance", [entry])
    assert isinstance(found, Skipped)
    assert found.kind is UnavailableKind.MALFORMED


@pytest.mark.parametrize("entry", [spoilt(), stranger(), one(about="pkg:npm/other@1.0.0")])
def test_nothing_is_said_to_be_built_where_nothing_is_proven(entry: Any) -> None:
    assert isinstance(outcome("attested-build", [entry]), Passed)


def test_the_line_tells_what_is_unusual() -> None:
    found = outcome("attested-build", [one(runner="self-hosted", ref="refs/heads/main", workflow="ci.yml")])
    assert isinstance(found, Finding)
    assert found.severity is Severity.INFO
    assert found.message == (
        "built by GitHub Actions from github.com/some/thing @ refs/heads/main, workflow ci.yml,"
        " on a self-hosted runner"
    )


def test_a_recorded_release_of_2026() -> None:
    name = "sigstore-dotnet/playwright-cli-0.1.1"
    listed = recorded(f"{name}-attestations.json")
    from forecheck.provenance.embedded import embedded_trust

    class Embedded:
        def current(self) -> Any:
            return embedded_trust()

    dist = {"integrity": integrities()[name]}
    release = ("@playwright/cli", "0.1.1")
    (passed,) = outcomes_of(*release, "provenance", listed, Embedded(), dist)
    assert isinstance(passed, Passed)
    (built,) = outcomes_of(*release, "attested-build", listed, Embedded(), dist)
    assert isinstance(built, Finding)
    assert built.message == (
        "built by GitHub Actions from github.com/microsoft/playwright-cli @ refs/tags/v0.1.1,"
        " workflow .github/workflows/publish.yml"
    )
    repository = {"repository": "git+https://github.com/microsoft/playwright-cli.git"}
    (same,) = outcomes_of(*release, "provenance-repository", listed, Embedded(), dist, **repository)
    assert isinstance(same, Passed)


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/some/thing",
        "git+https://github.com/Some/Thing.git",
        "git+ssh://git@github.com/some/thing.git",
        "git@github.com:some/thing.git",
        "git://github.com/some/thing.git#main",
        "github:some/thing",
        "some/thing",
        "http://www.github.com/some/thing/",
        "https://github.com/some/thing/tree/main/packages/a",
        "git+https://github.com/some/thing@refs/heads/main",
    ],
)
def test_one_repository_has_many_addresses(text: str) -> None:
    assert same_repository(text, "https://github.com/some/thing")
    assert not same_repository(text, "https://github.com/some/thing2")
    assert not same_repository(text, "https://gitlab.com/some/thing")


@pytest.mark.parametrize("text", ["", "none", "see the readme", "file:../x", "https://"])
def test_what_is_no_repository_equals_none(text: str) -> None:
    assert not same_repository(text, text)
    assert repository_key(text) == ""


def test_a_forge_of_ones_own() -> None:
    assert same_repository("https://git.corp.example/a/b.git", "ssh://git@git.corp.example/a/b")

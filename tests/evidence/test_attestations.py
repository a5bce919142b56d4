import base64
import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from forecheck.analysis.package_json import PackageJson
from forecheck.evidence.attestations import MAX_BYTES, Attestations, address, attestations
from forecheck.evidence.packument import Dist, Offers, Signature
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import FromRegistry, FromTarball, Release, Unavailable, UnavailableKind
from forecheck.ports import Request, Response
from forecheck.provenance.refusal import Fault
from forecheck.provenance.statement import PROVENANCE, PUBLISH
from forecheck.provenance.trust import FRESH_FOR
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answer, FakeHttp
from tests.fakes.sigstore import Certified, FakeTrustRoots, Sigstore, filed, shared, statement

THING = Release("@some/thing", "1.0.0", FromRegistry(PUBLIC))
INTEGRITY = "sha512-" + base64.b64encode(b"\xab" * 64).decode()
URL = f"{PUBLIC}-/npm/v1/attestations/@some%2fthing@1.0.0"
SAID = statement("@some/thing", "1.0.0", "ab" * 64)


def one(**wanted: Any) -> Any:
    return filed("@some/thing", "1.0.0", INTEGRITY, wanted)


def manifest(url: str = URL, integrity: str = INTEGRITY, predicate: str = PROVENANCE[0]) -> RegistryManifest:
    dist = Dist(integrity=integrity, attestations=url, predicate=predicate)
    return RegistryManifest(PackageJson(), dist, "", None, None, None, Offers.FULL)


def ask(
    http: FakeHttp,
    *,
    given: RegistryManifest | None = None,
    release: Release = THING,
    cache: MemoryCache | None = None,
    roots: FakeTrustRoots | None = None,
) -> Attestations:
    found: Attestations = attestations(
        release, given or manifest(), roots or FakeTrustRoots(NOW.at), http, cache or MemoryCache(), NOW
    )
    return found


def missing(http: FakeHttp, **how: Any) -> UnavailableKind:
    with pytest.raises(Unavailable) as caught:
        ask(http, **how)
    return caught.value.kind


def serving(answer: Answer, url: str = URL) -> FakeHttp:
    return FakeHttp({url: answer})


def test_what_the_registry_serves_is_verified() -> None:
    found = ask(serving({"attestations": [one(signer="npm"), one()]}))
    assert [entry.predicate_type for entry in found.listed] == [PUBLISH, PROVENANCE[0]]
    assert all(entry.verified is not None for entry in found.listed)
    assert found.sha512 == "ab" * 64
    assert [build.repository for build in found.builds(THING)] == ["https://github.com/some/thing"]


def test_a_release_without_any_costs_nothing() -> None:
    roots, http = FakeTrustRoots(), FakeHttp({})
    given = manifest(url="", predicate="")
    signed = msgspec.structs.replace(given.dist, signatures=(Signature("SHA256:x", "MEQ="),))
    assert ask(http, given=msgspec.structs.replace(given, dist=signed), roots=roots) == Attestations()
    assert missing(http, given=given, roots=roots) is UnavailableKind.UNSUPPORTED
    assert (roots.asked, http.asked) == (0, [])


def test_no_registry_no_attestations() -> None:
    release = Release("thing", "1.0.0", FromTarball("https://example.com/thing.tgz"))
    assert missing(FakeHttp({}), release=release) is UnavailableKind.UNSUPPORTED


@pytest.mark.parametrize(
    "promised",
    [
        "https://evil.example/-/npm/v1/attestations/@some%2fthing@1.0.0",
        "https://registry.npmjs.org.evil.example/-/npm/v1/attestations/x",
        "https://registry.npmjs.org@evil.example/-/npm/v1/attestations/x",
        "http://registry.npmjs.org/-/npm/v1/attestations/@some%2fthing@1.0.0",
        "https://registry.npmjs.org/-/whoami",
        f"{PUBLIC}-/npm/v1/attestations/../../../-/whoami",
        f"{PUBLIC}-/npm/v1/attestations/x?redirect=https://evil.example",
        f"{PUBLIC}-/npm/v1/attestations/x\\..\\y",
        f"{PUBLIC}-/npm/v1/attestations/x y",
        "//evil.example/x",
        "file:///etc/passwd",
    ],
)
def test_metadata_choose_no_host_and_no_other_place(promised: str) -> None:
    http = serving({"attestations": [one()]})
    assert ask(http, given=manifest(url=promised)).listed[0].verified is not None
    assert http.asked == [URL]


def test_a_mirror_is_asked_for_what_it_mirrors() -> None:
    mirror = "https://npm.corp.example/mirror/"
    release = Release("@some/thing", "1.0.0", FromRegistry(mirror))
    own = f"{mirror}-/npm/v1/attestations/@some%2fthing@1.0.0"
    assert address(release, mirror, URL) == (own, False)
    assert ask(serving({"attestations": [one()]}, own), release=release).listed
    assert missing(FakeHttp({}), release=release) is UnavailableKind.UNSUPPORTED


def test_promised_by_the_registry_itself_and_not_there() -> None:
    assert ask(FakeHttp({})).listed == ()
    assert ask(FakeHttp({}), given=manifest(url=f"{PUBLIC}-/npm/v1/attestations/x?y")).listed == ()
    assert ask(FakeHttp({})).announced == PROVENANCE[0]
    assert ask(serving({"attestations": []})).listed == ()


BAD = {
    "a web page": b"<html>please log in</html>",
    "nothing": b"",
    "cut": b'{"attestations": [',
    "of another shape": {"attestations": {"a": 1}},
    "no list": {"error": "not found"},
    "deep": b'{"attestations": ' + b"[" * 5000 + b"]" * 5000 + b"}",
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_an_answer_that_is_none(answer: Answer) -> None:
    assert missing(serving(answer)) is UnavailableKind.MALFORMED


def test_fifty_megabytes_are_not_read() -> None:
    assert missing(serving(b" " * (50 * 1024 * 1024))) is UnavailableKind.TOO_LARGE
    assert missing(serving({"attestations": [one()] * 33})) is UnavailableKind.TOO_LARGE


def test_redirects_stay_with_the_host_and_the_size_is_limited() -> None:
    class Watching(FakeHttp):
        def get(self, request: Request) -> Response:
            assert request.same_host
            assert request.max_bytes == MAX_BYTES
            return super().get(request)

    assert ask(Watching({URL: {"attestations": [one()]}})).listed


@pytest.mark.parametrize("kind", [UnavailableKind.OFFLINE, UnavailableKind.REFUSED, UnavailableKind.TIMEOUT])
def test_failures_stay_failures(kind: UnavailableKind) -> None:
    assert missing(serving(Unavailable(kind, "no"))) is kind


@pytest.mark.parametrize(
    "integrity",
    ["", "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha512-!", "sha512-YQ== sha512-Yg=="],
)
def test_without_one_sha512_nothing_can_be_tied_to_the_tarball(integrity: str) -> None:
    assert missing(FakeHttp({}), given=manifest(integrity=integrity)) is UnavailableKind.MALFORMED


def test_what_holds_is_kept_for_these_bytes_and_this_trust_root() -> None:
    cache, http = MemoryCache(), serving({"attestations": [one()]})
    first = ask(http, cache=cache)
    assert ask(http, cache=cache) == first
    assert http.asked == [URL]
    other = "sha512-" + base64.b64encode(b"\xcd" * 64).decode()
    ask(http, cache=cache, given=manifest(integrity=other))
    assert http.asked == [URL] * 2

    class OtherRoots(FakeTrustRoots):
        def current(self) -> Any:
            return Sigstore("other").trust(NOW.at)

    assert ask(http, cache=cache, roots=OtherRoots()).listed[0].fault is Fault.STRANGER
    assert http.asked == [URL] * 3


def test_what_does_not_hold_is_asked_for_again() -> None:
    cache, spoilt = MemoryCache(), one()
    spoilt["bundle"]["dsseEnvelope"]["signatures"][0]["sig"] = "AAAA"
    http = serving({"attestations": [spoilt]})
    assert ask(http, cache=cache).listed[0].fault is Fault.FALSE
    assert cache.entries == {}
    assert ask(FakeHttp({}), cache=cache).listed == ()


def test_a_damaged_entry_of_the_cache_counts_as_none() -> None:
    cache, http = MemoryCache(), serving({"attestations": [one()]})
    ask(http, cache=cache)
    key, stored = cache.entries.popitem()
    cache.put(key, type(stored)(b"\xc1", stored.fetched_at))
    assert ask(http, cache=cache).listed[0].verified is not None
    assert http.asked == [URL] * 2


def test_one_bad_attestation_does_not_hide_behind_a_good_one() -> None:
    wrong = {"predicateType": "x", "bundle": {"mediaType": "nonsense"}}
    found = ask(serving({"attestations": [one(), wrong, {"bundle": None}, {"bundle": 7}]}))
    assert [entry.fault for entry in found.listed] == [
        None,
        Fault.UNREADABLE,
        Fault.UNREADABLE,
        Fault.UNREADABLE,
    ]


def test_how_fresh_the_trust_root_is() -> None:
    http = serving({"attestations": [one()]})
    assert ask(http).trust_fresh
    old = FakeTrustRoots(NOW.at - FRESH_FOR - timedelta(days=1))
    assert not ask(http, roots=old).trust_fresh


def test_a_build_is_proven_only_where_everything_agrees() -> None:
    other = filed("@some/thing", "1.0.0", INTEGRITY, {"about": "pkg:npm/other@1.0.0"})
    person = one(issuer="https://accounts.google.com", subject="mallory@example.com")
    lying = {
        "predicateType": PROVENANCE[0],
        "bundle": shared().attest(SAID, holder=Certified(repository="https://github.com/mallory/thing")),
    }
    found = ask(serving({"attestations": [other, person, lying]}))
    assert all(entry.verified is not None for entry in found.listed)
    assert list(found.builds(THING)) == []


def test_the_bundle_is_verified_as_it_came() -> None:
    """Not as it would be written again: whoever signs decides on the bytes."""
    body = json.dumps({"attestations": [one()]}, indent=4).encode()
    assert ask(serving(body)).listed[0].verified is not None

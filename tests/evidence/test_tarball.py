import json
from collections.abc import Mapping
from typing import Any

import pytest

from forecheck.analysis.digests import digest
from forecheck.evidence.packument import Freshness
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.evidence.tarball import (
    MAX_PACKED,
    Remembered,
    Tarball,
    remembered,
    served,
    tarball,
)
from forecheck.evidence.tarball_place import Machine, at_registry
from forecheck.lockfiles.npm import parse
from forecheck.model import (
    Change,
    FromGit,
    FromRegistry,
    FromTarball,
    Origin,
    Release,
    Step,
    Unavailable,
    UnavailableKind,
)
from forecheck.ports import Stored
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, Answer, FakeDownloaded, FakeHttp
from tests.fakes.tarball import build

URL = f"{PUBLIC}x/-/x-1.0.0.tgz"
MADE = build({"package.json": json.dumps({"name": "x", "version": "1.0.0"})})
OTHER = build({"package.json": json.dumps({"name": "y", "version": "1.0.0"})})
RELEASE = Release("x", "1.0.0", FromRegistry(PUBLIC))
PINNED = {"version": "1.0.0", "resolved": URL, "integrity": MADE.integrity}
ALWAYS = Freshness(NOW.at - NOW.at)


def steps(*entries: Mapping[str, Any], registry: str = PUBLIC) -> tuple[Step, ...]:
    """One step for each lockfile entry of `x`."""
    packages = {f"{'node_modules/a/' * number}node_modules/x": entry for number, entry in enumerate(entries)}
    lock = parse(
        json.dumps({"lockfileVersion": 3, "packages": packages}).encode(), "lock", lambda _: registry
    )
    return tuple(Step(Change.ADDED, entry, ("x",)) for entry in lock.entries)


def read(
    *entries: Mapping[str, Any],
    answers: Mapping[str, Answer] | None = None,
    kept: Mapping[str, bytes] | None = None,
    cache: MemoryCache | None = None,
    http: FakeHttp | None = None,
    origin: Origin | None = None,
    machine: Machine = Machine(),  # noqa: B008
) -> Tarball:
    release = RELEASE if origin is None else Release("x", "1.0.0", origin)
    store = cache or MemoryCache()
    planned = steps(*(entries or (PINNED,)))
    known = remembered((release,), PlanIndex({release: planned}), store)[release]
    found: Tarball = tarball(
        release,
        Planned(planned),
        known,
        FakeDownloaded(kept),
        machine,
        http or FakeHttp(answers if answers is not None else {URL: MADE.data}),
        store,
        NOW,
        ALWAYS,
    )
    return found


def missing(found: Tarball) -> UnavailableKind:
    assert found.missing is not None
    assert (found.looked, found.strange) == (None, ())
    return found.missing.kind


def test_the_bytes_the_lockfile_pins() -> None:
    found = read()
    assert found.files is not None
    assert found.files.declared is not None
    assert found.files.declared.name == "x"
    assert found.looked is not None
    assert found.looked.integrity == MADE.integrity


def test_npms_cache_comes_first_and_is_not_believed() -> None:
    nothing = FakeHttp({})
    assert read(kept={MADE.integrity: MADE.data}, http=nothing).files is not None
    assert nothing.asked == []
    assert read(kept={MADE.integrity: OTHER.data}).files is not None
    assert missing(read(kept={MADE.integrity: OTHER.data}, answers={})) is UnavailableKind.NOT_FOUND


def test_other_bytes_are_told_and_not_looked_into() -> None:
    cache = MemoryCache()
    found = read(answers={URL: OTHER.data}, cache=cache)
    assert found == Tarball(strange=(MADE.integrity,))
    assert served(found, RELEASE).strange == (MADE.integrity,)
    assert remembered((RELEASE,), PlanIndex({RELEASE: steps(PINNED)}), cache)[RELEASE] == Remembered(None)


def test_two_places_pinned_to_different_bytes() -> None:
    found = read(PINNED, {**PINNED, "integrity": OTHER.integrity})
    assert found.strange == (OTHER.integrity,)
    assert found.files is None


def test_what_was_looked_into_is_not_asked_for_again() -> None:
    cache, http = MemoryCache(), FakeHttp({URL: MADE.data})
    first = read(cache=cache, http=http)
    again = read(cache=cache, http=http)
    assert first == again
    assert http.asked == [URL]


def test_a_memory_that_cannot_be_read_counts_as_none() -> None:
    cache = MemoryCache()
    read(cache=cache)
    for key in list(cache.entries):
        cache.entries[key] = Stored(b"\xc1", NOW.at)
    assert read(cache=cache).files is not None


def packument(**dist: Any) -> dict[str, Answer]:
    return {
        PUBLIC + "x": {"name": "x", "versions": {"1.0.0": {"name": "x", "version": "1.0.0", "dist": dist}}},
        URL: MADE.data,
    }


@pytest.mark.parametrize(
    ("entry", "dist", "fits"),
    [
        ({}, {"integrity": MADE.integrity}, True),
        ({}, {"integrity": OTHER.integrity}, False),
        ({}, {"shasum": MADE.shasum}, True),
        ({}, {"shasum": OTHER.shasum}, False),
        ({"integrity": digest(MADE.data, "sha1")}, {"shasum": OTHER.shasum}, True),
        ({"integrity": digest(MADE.data, "sha1")}, {"integrity": OTHER.integrity}, False),
        ({"integrity": "sha999-x"}, {"integrity": MADE.integrity}, True),
        ({"integrity": f"{OTHER.integrity} {MADE.integrity}"}, {"integrity": OTHER.integrity}, False),
        ({"integrity": MADE.integrity}, {"integrity": OTHER.integrity}, True),
    ],
)
@pytest.mark.parametrize("resolved", [{}, {"resolved": URL}])
def test_what_is_not_pinned_is_held_to_the_registrys_word(
    entry: dict[str, str], dist: dict[str, str], fits: bool, resolved: dict[str, str]
) -> None:
    found = read({"version": "1.0.0", **entry, **resolved}, answers=packument(tarball=URL, **dist))
    assert (found.files is not None, bool(found.strange)) == (fits, not fits)


def test_a_sha_1_is_not_worth_remembering() -> None:
    cache, http = MemoryCache(), FakeHttp(packument(tarball=URL, shasum=MADE.shasum))
    for _ in range(2):
        assert read({"version": "1.0.0"}, cache=cache, http=http).files is not None
    assert http.asked.count(URL) == 2


def test_bytes_that_nothing_pins_are_not_fetched() -> None:
    http = FakeHttp(packument(tarball=URL))
    assert missing(read({"version": "1.0.0"}, http=http)) is UnavailableKind.NOT_FOUND
    assert URL not in http.asked


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({}, UnavailableKind.NOT_FOUND),
        ({PUBLIC + "x": {"name": "x", "versions": {}}}, UnavailableKind.NOT_FOUND),
        (packument(integrity=MADE.integrity), UnavailableKind.NOT_FOUND),
        (packument(integrity=MADE.integrity, tarball="file:///etc/passwd"), UnavailableKind.MALFORMED),
        (packument(integrity=MADE.integrity, tarball="http://[x"), UnavailableKind.MALFORMED),
        (packument(integrity=MADE.integrity, tarball="x.tgz"), UnavailableKind.MALFORMED),
    ],
)
def test_without_an_address_there_are_no_bytes(answers: dict[str, Answer], kind: UnavailableKind) -> None:
    assert missing(read({"version": "1.0.0"}, answers=answers)) is kind


@pytest.mark.parametrize("kind", [one for one in UnavailableKind if one is not UnavailableKind.TOO_LARGE])
def test_why_bytes_cannot_be_had_is_kept(kind: UnavailableKind) -> None:
    found = read(answers={URL: Unavailable(kind, "the reason")})
    assert missing(found) is kind
    with pytest.raises(Unavailable, match="the reason"):
        served(found, RELEASE)


@pytest.mark.parametrize("data", [b"no archive at all" * 50, MADE.data[:-40], b"\x1f\x8b\x08"])
def test_what_nobody_can_look_into_is_known_and_remembered(data: bytes) -> None:
    cache, http = MemoryCache(), FakeHttp({URL: data})
    entry = {**PINNED, "integrity": digest(data)}
    found = read(entry, cache=cache, http=http)
    assert found.missing is None
    assert found.files is None
    assert found.looked is not None
    assert found.looked.unreadable
    assert served(found, RELEASE).looked == found.looked
    assert read(entry, cache=cache, http=http) == found
    assert http.asked == [URL]


def test_the_request_is_limited() -> None:
    limits = []

    class Watched(FakeHttp):
        def get(self, request: Any) -> Any:
            limits.append(request.max_bytes)
            return super().get(request)

    read(http=Watched({URL: MADE.data}))
    assert limits == [MAX_PACKED]


def test_what_is_too_large_to_look_into_is_not_merely_missing() -> None:
    found = read(answers={URL: Unavailable(UnavailableKind.TOO_LARGE, "more than 256 MB")})
    assert (found.missing, found.files) == (None, None)
    assert found.looked is not None
    assert "256 MB" in found.looked.unreadable


def test_a_tarball_at_a_url_is_read_by_what_the_lockfile_pins() -> None:
    elsewhere = "https://example.net/x.tgz"
    entry = {"version": "1.0.0", "resolved": elsewhere}
    pinned, answers = {**entry, "integrity": MADE.integrity}, {elsewhere: MADE.data}
    assert read(pinned, origin=FromTarball(elsewhere), answers=answers).files is not None
    assert read(pinned, origin=FromTarball(elsewhere), answers={elsewhere: OTHER.data}).strange
    assert missing(read(entry, origin=FromTarball(elsewhere), answers=answers)) is UnavailableKind.NOT_FOUND
    local = read(pinned, origin=FromTarball("file:x.tgz"), answers=answers)
    assert missing(local) is UnavailableKind.UNSUPPORTED


def test_other_origins_are_not_its_matter() -> None:
    assert missing(read(origin=FromGit("git+https://h/x.git", "0" * 40))) is UnavailableKind.UNSUPPORTED


OPTIONAL = {**PINNED, "optional": True}
LINUX = Machine(os=("linux",), cpu=("x64", "ia32"))


@pytest.mark.parametrize(
    ("fields", "machine", "left_out"),
    [
        ({"os": ["darwin"]}, LINUX, True),
        ({"os": ["darwin", "linux"]}, LINUX, False),
        ({"os": ["!linux"]}, LINUX, True),
        ({"os": ["!win32"]}, LINUX, False),
        ({"cpu": ["arm64"]}, LINUX, True),
        ({"cpu": ["ia32"]}, LINUX, False),
        ({"cpu": "arm64"}, LINUX, True),
        ({"os": ["linux"], "cpu": ["arm64"]}, LINUX, True),
        ({"os": ["any"]}, LINUX, False),
        ({"libc": ["musl"]}, LINUX, False),
        ({"os": ["darwin"]}, Machine(), False),
        ({"os": ["darwin"], "optional": False}, LINUX, False),
        ({"cpu": ["arm64"]}, Machine(os=("linux",)), False),
        ({}, LINUX, False),
    ],
)
def test_what_npm_leaves_out_on_this_machine_is_not_fetched(
    fields: dict[str, Any], machine: Machine, left_out: bool
) -> None:
    http = FakeHttp({URL: MADE.data})
    found = read({**OPTIONAL, **fields}, http=http, machine=machine)
    assert (http.asked == []) is left_out
    if left_out:
        assert missing(found) is UnavailableKind.UNSUPPORTED


def test_one_place_where_it_is_needed_is_enough() -> None:
    foreign = {**OPTIONAL, "os": ["darwin"]}
    assert read(foreign, {**foreign, "optional": False}, machine=LINUX).files is not None


@pytest.mark.parametrize(
    ("url", "registry", "asked"),
    [
        (URL, PUBLIC, URL),
        (URL, "https://r.example/npm/", "https://r.example/npm/x/-/x-1.0.0.tgz"),
        (
            "https://registry.npmjs.org/npm/x/-/x-1.0.0.tgz",
            "https://r.example/npm/",
            "https://r.example/npm/x/-/x-1.0.0.tgz",
        ),
        (URL, "https://r.example/", "https://r.example/x/-/x-1.0.0.tgz"),
        (
            "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz",
            PUBLIC,
            "https://registry.yarnpkg.com/x/-/x-1.0.0.tgz",
        ),
        ("https://cdn.r.example/x.tgz", "https://r.example/", "https://cdn.r.example/x.tgz"),
        ("http://r.example/x/-/x-1.0.0.tgz", "https://r.example/", "http://r.example/x/-/x-1.0.0.tgz"),
    ],
)
def test_the_configured_registry_stands_for_the_public_one(url: str, registry: str, asked: str) -> None:
    assert at_registry(url, registry) == asked


def test_many_releases_are_one_question_to_the_cache() -> None:
    class Counting(MemoryCache):
        questions = 0

        def get_many(self, keys: Any) -> Any:
            Counting.questions += 1
            return super().get_many(keys)

    releases = tuple(Release(f"x{number}", "1.0.0", FromRegistry(PUBLIC)) for number in range(50))
    index = PlanIndex({release: steps(PINNED) for release in releases[1:]})
    cache = Counting()
    read(cache=cache)
    Counting.questions = 0
    found = remembered(releases, index, cache)
    assert Counting.questions == 1
    assert found[releases[0]] == Remembered(None)
    assert all(one.looked is not None for release, one in found.items() if release in index.by_release)

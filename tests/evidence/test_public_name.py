"""What npm's registry is asked about an internal name, and what its answers mean."""

from collections.abc import Iterator

import pytest

from forecheck.evidence.name_routes import NameRoutes
from forecheck.model import Finding, Outcome, Passed, Skipped, UnavailableKind
from tests.adapters.clients import ONCE
from tests.evidence.asking import asker
from tests.fakes.cache import MemoryCache
from tests.fakes.forge import Forges, json
from tests.fakes.wire import Reply

K = UnavailableKind
NAMESAKE, UNCLAIMED = "public-namesake", "unclaimed-internal-name"


@pytest.fixture
def npm() -> Iterator[Forges]:
    with Forges() as server:
        yield server


def run(npm: Forges, *names: str, ask: str = "inner", cache: MemoryCache | None = None) -> dict[str, Outcome]:
    with asker(npm, cache, limits=ONCE) as one:
        one.context[NameRoutes] = NameRoutes(
            private=lambda _: False,
            is_public=lambda _: False,
            may_ask=lambda name: name == ask,
            public=f"{npm.url}/npm/",
        )
        for name in names:
            one.package(name)
        return one.run(NAMESAKE, UNCLAIMED)


def test_both_have_it(npm: Forges) -> None:
    npm.answers["/npm/-/package/inner/dist-tags"] = json({"latest": "99.0.0"})
    found = run(npm, "inner")
    assert isinstance(found[f"{NAMESAKE} inner"], Finding)
    assert isinstance(found[f"{UNCLAIMED} inner"], Passed)


def test_nobody_has_it(npm: Forges) -> None:
    found = run(npm, "inner")
    assert isinstance(found[f"{NAMESAKE} inner"], Passed)
    assert isinstance(found[f"{UNCLAIMED} inner"], Finding)


def test_other_names_are_not_told(npm: Forges) -> None:
    found = run(npm, "secret", "@corp/secret")
    for outcome in found.values():
        assert isinstance(outcome, Skipped)
        assert (outcome.kind, "registries.ask" in outcome.reason) == (K.UNSUPPORTED, True)
    assert f"{UNCLAIMED} @corp/secret" not in found, "nobody but its owner can publish in a scope"
    assert npm.asked() == []


def test_a_name_is_asked_about_once_a_day(npm: Forges) -> None:
    cache = MemoryCache()
    for _ in range(2):
        assert isinstance(
            run(npm, "@corp/inner", ask="@corp/inner", cache=cache)[f"{NAMESAKE} @corp/inner"], Passed
        )
    assert npm.asked() == ["/npm/-/package/@corp%2Finner/dist-tags"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (json({}, 500), K.REFUSED),
        (json({}, 403), K.REFUSED),
        (json([]), K.MALFORMED),
        (Reply(200, {"content-type": "text/html"}, b"<html>"), K.MALFORMED),
        (Reply(200, {"content-type": "application/json"}, b" " * 65536, repeat=100), K.TOO_LARGE),
        (Reply(silent=True), K.OFFLINE),
    ],
)
def test_an_answer_that_is_none_clears_nobody(npm: Forges, reply: Reply, kind: UnavailableKind) -> None:
    npm.default = reply
    for outcome in run(npm, "inner").values():
        assert isinstance(outcome, Skipped)
        assert outcome.kind is kind


def test_a_package_without_a_latest_is_there(npm: Forges) -> None:
    npm.default = json({"latest": 7})
    found = run(npm, "inner")[f"{NAMESAKE} inner"]
    assert isinstance(found, Finding)
    assert found.message.endswith("some version")

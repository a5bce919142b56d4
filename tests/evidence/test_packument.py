from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.evidence.packument import Freshness, Offers, Packument, Publisher, document_of, escaped, moment
from forecheck.evidence.packument import packument as source
from forecheck.evidence.packument_wire import milliseconds, publisher_of, read
from forecheck.model import Package, Unavailable, UnavailableKind
from tests.analysis.test_package_json import JSON
from tests.evidence.packuments import packument
from tests.fakes.cache import MemoryCache
from tests.fakes.ports import NOW, PUBLIC, FakeHttp

HOUR = Freshness(timedelta(hours=1))

FIXTURES = Path(__file__).parent.parent / "fixtures" / "packuments"


def document(name: str) -> Packument:
    path = FIXTURES / f"{name}.json"
    return read(path.read_bytes(), name.removesuffix(".corgi"), str(path))


def test_a_recorded_packument_keeps_what_checks_need() -> None:
    request = document("request")
    row = request.row("2.88.2")
    assert row is not None
    assert row.published is not None
    assert row.published.isoformat() == "2020-02-11T16:35:36.122000+00:00"
    assert request.publisher(row) == Publisher("mikeal", "mikeal.rogers@gmail.com")
    assert row.deprecated
    assert document_of(row).deprecated.startswith("request has been deprecated")
    assert document_of(row).declared.license == "Apache-2.0"
    assert request.created is not None
    assert moment(request.created).year == 2011
    assert request.readme is True
    assert request.offers == Offers.FULL | Offers.PEOPLE | Offers.DEPRECATIONS | Offers.SCRIPTS


def test_an_abbreviated_packument_says_what_it_cannot_tell() -> None:
    lodash = document("lodash.corgi")
    assert lodash.offers == Offers.DEPRECATIONS | Offers.SIGNATURES
    assert not lodash.has_times
    assert lodash.readme is None
    row = lodash.row("4.18.1")
    assert row is not None
    assert len(document_of(row).dist.signatures) == 1


def test_an_unpublished_package_has_no_rows_and_says_when() -> None:
    gone = document("code-snippet")
    assert gone.rows == ()
    assert set(gone.removed) == {"1.0.4"}
    assert gone.unpublished is not None
    assert moment(gone.unpublished).year == 2015


def test_rows_are_in_npms_order_with_what_is_no_version_first() -> None:
    found = packument(dict.fromkeys(["1.10.0", "1.9.0", "junk", "2.0.0-rc.1", "2.0.0", "=0.1.0"], "05-01"))
    assert [row.version for row in found.rows] == ["junk", "=0.1.0", "1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0"]
    assert [row.version for row in found.rows if row.prerelease] == ["junk", "2.0.0-rc.1"]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1970-01-01T00:00:01.500Z", 1500),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00.000123+00:00", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01", 1000),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
        (1500, None),
        (None, None),
        ({"name": "x"}, None),
    ],
)
def test_times(value: Any, found: int | None) -> None:
    assert milliseconds(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"name": "a", "email": "a@b"}, Publisher("a", "a@b")),
        (
            {
                "name": "GitHub Actions",
                "email": "npm-oidc-no-reply@github.com",
                "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"},
                "approver": {"name": "b"},
            },
            Publisher("GitHub Actions", "npm-oidc-no-reply@github.com", "github", "oidc:1", "b"),
        ),
        (
            {"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com"},
            Publisher("GitHub Actions", "npm-oidc-no-reply@github.com", "github"),
        ),
        (
            {"name": "x", "email": "npm-oidc-no-reply@evil.example"},
            Publisher("x", "npm-oidc-no-reply@evil.example"),
        ),
        ({"name": "a", "trustedPublisher": {}}, Publisher("a", "", "unknown")),
        ({"name": "a", "trustedPublisher": None}, Publisher("a")),
        ({}, None),
        ("", None),
        (5, None),
    ],
)
def test_publishers(value: Any, found: Publisher | None) -> None:
    assert publisher_of(value) == found


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"[]", ""),
        (b"<html>", ""),
        (b"{}", "$.versions"),
        (b'{"versions": []}', "$.versions"),
        (b'{"versions": {"1.0.0": 5}}', "$.versions[...]"),
        (b'{"name": "other", "versions": {}}', "$.name"),
        (b'{"error": "not found"}', "$.versions"),
    ],
)
def test_what_is_no_packument_is_malformed_and_names_the_place(body: bytes, place: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(body, "thing", "https://r/thing")
    assert caught.value.place == place
    assert caught.value.where == "https://r/thing"


def test_null_versions_are_left_out() -> None:
    found = read(b'{"versions": {"1.0.0": null, "1.0.1": {}}}', "thing", "")
    assert [row.version for row in found.rows] == ["1.0.1"]


def test_a_hundred_thousand_versions() -> None:
    body = msgspec.json.encode({"versions": {f"1.0.{n}": {} for n in range(100_000)}})
    found = read(body, "thing", "")
    assert len(found.rows) == 100_000
    assert found.rows[-1].version == "1.0.99999"


def test_deep_nesting_is_malformed() -> None:
    deep = b'{"versions": {"1.0.0": {"license": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}}"
    with pytest.raises(Malformed):
        read(deep, "thing", "")


VERSION_FIELDS = (
    *(
        "name",
        "version",
        "scripts",
        "bin",
        "dependencies",
        "optionalDependencies",
        "peerDependencies",
        "license",
    ),
    *(
        "licenses",
        "repository",
        "gypfile",
        "_id",
        "deprecated",
        "dist",
        "_npmUser",
        "maintainers",
        "hasInstallScript",
    ),
    *("peerDependenciesMeta", "bundleDependencies", "bundledDependencies"),
)
VERSION = st.fixed_dictionaries({}, optional=dict.fromkeys(VERSION_FIELDS, JSON))
DIST = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("integrity", "signatures", "attestations", "fileCount", "unpackedSize"), JSON)
)
PACKUMENT = st.fixed_dictionaries(
    {
        "versions": st.dictionaries(
            st.text(max_size=12), VERSION | DIST.map(lambda d: {"dist": d}) | st.none() | JSON
        )
    },
    optional=dict.fromkeys(("name", "dist-tags", "time", "modified", "maintainers", "readme"), JSON),
)


@settings(deadline=None)
@given(PACKUMENT)
def test_any_document_is_a_packument_or_malformed(value: dict[str, Any]) -> None:
    try:
        found = read(msgspec.json.encode(value), "thing", "")
    except Malformed:
        return
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Packument)
    assert again == found
    for row in again.rows:
        document_of(row)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_packument_or_malformed(body: bytes) -> None:
    try:
        read(body, "thing", "")
    except Malformed:
        return


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("lodash", "lodash"),
        ("@types/node", "@types%2fnode"),
        ("a b?c#d", "a%20b%3Fc%23d"),
        ("a%2e", "a%252e"),
        ("JSONStream", "JSONStream"),
    ],
)
def test_names_stay_one_path_segment(name: str, path: str) -> None:
    assert escaped(name) == path


@pytest.mark.parametrize("name", ["", ".", "..", "@scope/..", "../x", "a//b", "/a"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(Unavailable) as caught:
        escaped(name)
    assert caught.value.kind is UnavailableKind.MALFORMED


def test_the_source_asks_the_packages_own_registry_for_the_full_document() -> None:
    registry = "https://npm.corp.example/repo/"
    http = FakeHttp(
        {registry + "@corp%2fthing": {"versions": {"1.0.0": {}}, "time": {"created": "2020-01-01"}}}
    )
    cache = MemoryCache()
    found = source(Package("@corp/thing", registry), http, cache, NOW, HOUR)
    assert found.row("1.0.0") is not None
    again = source(Package("@corp/thing", registry), FakeHttp({}), cache, NOW, HOUR)
    assert again == found


def test_an_old_answer_says_so_when_nobody_can_be_reached() -> None:
    cache = MemoryCache()
    package = Package("thing", PUBLIC)
    source(package, FakeHttp({PUBLIC + "thing": {"versions": {"1.0.0": {}}}}), cache, NOW, HOUR)
    later = msgspec.structs.replace(NOW, at=NOW.at.replace(day=20))
    offline = FakeHttp({PUBLIC + "thing": Unavailable(UnavailableKind.OFFLINE, "no route")})
    assert source(package, offline, cache, later, HOUR).stale_since is not None


def test_a_malformed_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable) as caught:
        source(Package("thing", PUBLIC), FakeHttp({PUBLIC + "thing": b"<html>"}), MemoryCache(), NOW, HOUR)
    assert caught.value.kind is UnavailableKind.MALFORMED
    assert "thing" in caught.value.reason

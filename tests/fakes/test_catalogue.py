import base64
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.client import Client
from tests.fakes.registry import Kind, Registry
from tests.fakes.tarball import Entry, integrity, pack

CORGI = "application/vnd.npm.install-v1+json"
SLSA = "https://slsa.dev/provenance/v1"


@pytest.fixture
def client(registry: Registry) -> Iterator[Client]:
    with Client(registry.url) as made:
        yield made


def test_unpublishing_a_version_keeps_its_time(registry: Registry, client: Client) -> None:
    registry.publish("a", "1.0.0")
    registry.publish("a", "1.1.0")
    registry.unpublish("a", "1.1.0")
    document = client.get("a").json()
    assert (list(document["versions"]), document["dist-tags"]) == (["1.0.0"], {"latest": "1.0.0"})
    assert "1.1.0" in document["time"]
    assert client.get("a/-/a-1.1.0.tgz").status == 404


def test_unpublishing_a_package_leaves_its_epitaph(registry: Registry, client: Client) -> None:
    registry.publish("a", "1.0.0")
    registry.unpublish("a")
    document = client.get("a").json()
    assert "versions" not in document
    assert document["time"]["unpublished"]["versions"] == ["1.0.0"]
    assert client.get("a/-/a-1.0.0.tgz").status == 404


def test_republish_changes_bytes_and_metadata_swap_only_bytes(registry: Registry, client: Client) -> None:
    first = registry.publish("a", dependencies={"b": "^1.0.0"})
    second = registry.republish("a", "1.0.0", {"index.js": "other()"})
    assert first.integrity != second.integrity
    registry.swap_tarball("a", "1.0.0", {"index.js": "third()"})
    document = client.get("a/1.0.0").json()
    assert document["dist"]["integrity"] == second.integrity
    assert document["dependencies"] == {"b": "^1.0.0"}
    assert integrity(client.get("a/-/a-1.0.0.tgz").body) not in (first.integrity, second.integrity)


def test_deprecate_tag_and_maintainers(registry: Registry, client: Client) -> None:
    registry.publish("a", "1.0.0", deprecated="was old")
    registry.publish("a", "1.1.0")
    registry.deprecate("a", "1.1.0", "use b")
    registry.set_tag("a", "latest", "9.9.9")
    registry.set_maintainers("a", [])
    document = client.get("a", accept=CORGI).json()
    assert [version["deprecated"] for version in document["versions"].values()] == ["was old", "use b"]
    assert document["dist-tags"]["latest"] == "9.9.9"
    assert client.get("a").json()["maintainers"] == []


def test_fields_can_be_removed(registry: Registry, client: Client) -> None:
    registry.publish("a", "1.0.0")
    registry.publish("a", "1.1.0")
    registry.remove_field("a", "time")
    registry.remove_field("a", "versions", "*", "dist", "integrity")
    registry.remove_field("a", "versions", "1.1.0", "_npmUser")
    document = client.get("a").json()
    assert "time" not in document
    assert ["integrity" in version["dist"] for version in document["versions"].values()] == [False, False]
    assert ["_npmUser" in version for version in document["versions"].values()] == [True, False]
    assert "modified" not in client.get("a", accept=CORGI).json()


@pytest.mark.parametrize(
    "hostile",
    [[], "text", 5, None, {"versions": []}, {"versions": {"1.0.0": 7}}, {"versions": {"1": {"scripts": 1}}}],
)
def test_an_edit_may_make_any_shape(registry: Registry, client: Client, hostile: Any) -> None:
    registry.publish("a")
    registry.edit_packument("a", lambda _: hostile)
    for accept in ("application/json", CORGI):
        answer = client.get("a", accept=accept)
        assert answer.status == 200
        assert hostile is None or type(answer.json()) is type(hostile)
    assert client.get("a/latest").status in (200, 404)


def test_an_edit_may_send_raw_bytes(registry: Registry, client: Client) -> None:
    registry.publish("a")
    registry.edit_packument("a", lambda _: b'{"name":"a","name":"b"}')
    assert client.get("a").body == b'{"name":"a","name":"b"}' == client.get("a", accept=CORGI).body


def test_an_edit_in_place_reaches_both_documents(registry: Registry, client: Client) -> None:
    registry.publish("a")

    def edit(document: Any) -> None:
        document["versions"]["1.0.0"]["scripts"] = {"install": "node x"}

    registry.edit_packument("a", edit)
    assert client.get("a/1.0.0").json()["scripts"] == {"install": "node x"}
    assert client.get("a", accept=CORGI).json()["versions"]["1.0.0"]["hasInstallScript"] is True


def test_a_reduced_registry_serves_the_bare_bones(registry: Registry, client: Client) -> None:
    registry.publish("a", deprecated="old", scripts={"install": "x"}, signed=True, tags=["next"])
    registry.reduced()
    answer = client.get("a")
    document = answer.json()
    assert set(document) == {"_id", "name", "dist-tags", "versions", "time"}
    assert document["dist-tags"] == {"latest": "1.0.0"}
    assert list(document["time"]) == ["1.0.0"]
    assert set(document["versions"]["1.0.0"]["dist"]) == {"integrity", "shasum", "tarball"}
    assert not {"deprecated", "_npmUser", "maintainers"} & set(document["versions"]["1.0.0"])
    assert client.get("a", accept=CORGI).headers["content-type"] == "application/json"
    assert "etag" not in answer.headers
    for path in ("-/npm/v1/keys", "-/v1/search", "downloads/point/last-week/a"):
        assert client.get(path).status == 404
    assert client.request("POST", "-/npm/v1/security/advisories/bulk", body=b"{}").status == 405
    assert client.get("-/ping").status == 200
    assert client.get("a/-/a-1.0.0.tgz").status == 200
    registry.reduced(False)
    assert "maintainers" in client.get("a").json()


def test_a_tarball_of_ones_own_may_be_hostile(registry: Registry, client: Client) -> None:
    data = pack(
        [
            Entry("package/package.json", b'{"name":"other","version":"6.6.6"}'),
            Entry("package/../../escape", b"x"),
            Entry("package/link", type=tarfile.SYMTYPE, link="/etc/passwd"),
            Entry("package/link", b"twice"),
        ]
    )
    registry.publish("a", tarball=data)
    registry.publish("b", tarball=b"not a tarball")
    dist = client.get("a/1.0.0").json()["dist"]
    assert (dist["fileCount"], dist["integrity"]) == (3, integrity(data))
    assert client.get("a/-/a-1.0.0.tgz").body == data
    assert client.get("b/1.0.0").json()["dist"]["fileCount"] == 0


def test_npm_publish_normalizes_bin_and_gyp(registry: Registry, client: Client) -> None:
    registry.publish("@s/a", bin="./x.js", files={"binding.gyp": "{}", "npm-shrinkwrap.json": "{}"})
    document = client.get("@s%2fa/1.0.0").json()
    assert document["bin"] == {"a": "./x.js"}
    assert (document["scripts"], document["gypfile"]) == ({"install": "node-gyp rebuild"}, True)
    assert document["_hasShrinkwrap"] is True


def test_a_manifest_may_differ_from_its_package_json(registry: Registry, client: Client) -> None:
    first = registry.publish("a", dependencies={"b": "1"}, scripts={"install": "node x"})
    registry.confuse_manifest("a", "1.0.0", {"dependencies": {"c": "1"}, "scripts": None})
    document = client.get("a/1.0.0").json()
    assert (document["dependencies"], "scripts" in document) == ({"c": "1"}, False)
    assert integrity(client.get("a/-/a-1.0.0.tgz").body) == first.integrity == document["dist"]["integrity"]


def test_a_package_may_change_while_it_is_read(registry: Registry) -> None:
    registry.publish("a", "1.0.0")

    def read(_: int) -> list[int]:
        with Client(registry.url) as client:
            return [len(client.get("a").json()["versions"]) for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        counts = pool.map(read, range(4))
        for minor in range(1, 40):
            registry.publish("a", f"1.{minor}.0")
        assert all(seen == sorted(seen) for seen in counts)
    with Client(registry.url) as client:
        assert len(client.get("a").json()["versions"]) == 40


def test_warming_changes_nothing(registry: Registry, client: Client) -> None:
    registry.publish("a")
    cold = client.get("a").body
    registry.publish("b")
    registry.warm()
    assert client.get("a").body == cold
    assert client.get("b/-/b-1.0.0.tgz").status == 200


def test_attestations_are_announced(registry: Registry, client: Client) -> None:
    registry.publish("@s/a", attestations=[{"predicateType": "other"}, {"predicateType": SLSA}])
    announced = client.get("@s%2fa/1.0.0").json()["dist"]["attestations"]
    assert announced["provenance"] == {"predicateType": SLSA}
    assert announced["url"] == f"{registry.url}-/npm/v1/attestations/@s%2fa@1.0.0"
    assert len(client.get(announced["url"].removeprefix(registry.url)).json()["attestations"]) == 2


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl")
def test_signatures_verify_with_the_published_key(registry: Registry, client: Client, tmp_path: Path) -> None:
    registry.publish("@s/a", signed=True)
    registry.republish("@s/a", "1.0.0", {"index.js": "other()"})
    dist = client.get("@s%2fa/1.0.0").json()["dist"]
    (key,) = client.get("-/npm/v1/keys").json()["keys"]
    (signature,) = dist["signatures"]
    assert signature["keyid"] == key["keyid"]
    (tmp_path / "key").write_bytes(base64.b64decode(key["key"]))
    (tmp_path / "sig").write_bytes(base64.b64decode(signature["sig"]))
    for message, code in ((f"@s/a@1.0.0:{dist['integrity']}", 0), (f"@s/a@1.0.1:{dist['integrity']}", 1)):
        command = "openssl dgst -sha256 -verify key -keyform DER -signature sig"
        run = subprocess.run(
            command.split(), cwd=tmp_path, input=message.encode(), capture_output=True, check=False
        )
        assert run.returncode == code, run


def test_other_files(registry: Registry, client: Client) -> None:
    registry.serve("elsewhere/x.tgz", b"bytes")
    assert client.get("elsewhere/x.tgz").body == b"bytes"
    assert registry.requests[0].kind is Kind.OTHER


RECORDED = {
    "_id": "old",
    "name": "old",
    "dist-tags": {"latest": "0.1.0", "beta": "0.2.0-rc1"},
    "versions": {
        "0.1.0": {
            "name": "old",
            "version": "0.1.0",
            "dist": {
                "shasum": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "tarball": "http://registry.npmjs.org/old/-/old-odd-name.tgz",
                "signatures": [{"keyid": "k", "sig": "s"}],
                "attestations": {
                    "url": "https://registry.npmjs.org/x",
                    "provenance": {"predicateType": SLSA},
                },
            },
        },
        "0.2.0-rc1": {"name": "old", "version": "0.2.0-rc1"},
    },
    "time": {"0.1.0": "2011-03-21T22:21:11.183Z"},
    "maintainers": [{"name": "carol"}],
    "users": {"x": True},
}


def test_a_recorded_packument_is_served_as_it_was(registry: Registry, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps(RECORDED))
    assert registry.load_packument(path, tarballs={"0.1.0": b"bytes"}) == "old"
    served = client.get("old").json()
    dist = served["versions"]["0.1.0"]["dist"]
    assert dist.pop("tarball") == f"{registry.url}old/-/old-odd-name.tgz"
    assert dist.pop("attestations") == {
        "url": f"{registry.url}-/npm/v1/attestations/old@0.1.0",
        "provenance": {"predicateType": SLSA},
    }
    expected = json.loads(json.dumps(RECORDED))
    del (
        expected["versions"]["0.1.0"]["dist"]["tarball"],
        expected["versions"]["0.1.0"]["dist"]["attestations"],
    )
    assert served == expected
    assert client.get("old/-/old-odd-name.tgz").body == b"bytes"
    registry.publish("old", "0.3.0")
    assert list(client.get("old").json()["versions"]) == ["0.1.0", "0.2.0-rc1", "0.3.0"]

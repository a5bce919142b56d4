import gzip
import hashlib
import io
import json
import ssl
import tarfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tests.fakes import tls
from tests.fakes.client import Answer, Client
from tests.fakes.registry import GITHUB_ACTIONS, Kind, Publisher, Registry
from tests.fakes.tarball import integrity

CORGI = "application/vnd.npm.install-v1+json"
PNPM_ACCEPT = f"{CORGI}; q=1.0, application/json; q=0.8, */*"


@pytest.fixture
def client(registry: Registry) -> Iterator[Client]:
    with Client(registry.url) as made:
        yield made


@pytest.mark.parametrize("path", ["@s%2fn", "@s%2Fn", "@s/n", "%40s%2fn"])
def test_every_encoding_of_a_scope_names_the_same_package(
    registry: Registry, client: Client, path: str
) -> None:
    registry.publish("@s/n", "1.0.0")
    assert client.get(path).json()["name"] == "@s/n"
    assert client.get(f"{path}/latest").json()["version"] == "1.0.0"
    assert client.get(f"{path}/1.0.0").json()["_id"] == "@s/n@1.0.0"
    assert client.get(f"{path}/-/n-1.0.0.tgz").status == 200
    assert {request.package for request in registry.requests} == {"@s/n"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        (CORGI, CORGI),
        (PNPM_ACCEPT, CORGI),
        (f"application/json; q=1.0, {CORGI}; q=0.5", "application/json"),
        (f"{CORGI}; q=0", "application/json"),
    ],
)
def test_the_accept_header_chooses_the_document(
    registry: Registry, client: Client, accept: str | None, content_type: str
) -> None:
    registry.publish("a", scripts={"postinstall": "node x", "test": "node y"}, publisher=GITHUB_ACTIONS)
    answer = client.get("a", accept=accept) if accept else client.get("a")
    assert answer.headers["content-type"] == content_type
    assert "accept" in answer.headers["vary"]
    document = answer.json()
    if content_type == CORGI:
        assert set(document) == {"name", "dist-tags", "versions", "modified"}
        assert document["versions"]["1.0.0"]["hasInstallScript"] is True
        assert "scripts" not in document["versions"]["1.0.0"]
    else:
        assert set(document) >= {"_id", "_rev", "time", "maintainers", "readme"}
        assert document["versions"]["1.0.0"]["_npmUser"]["trustedPublisher"]["id"] == "github"
        assert "hasInstallScript" not in document["versions"]["1.0.0"]


def test_metadata_describe_the_tarball(registry: Registry, client: Client) -> None:
    registry.publish("@s/n", "1.2.3", files={"lib/a.js": "1", "bin.js": b"#!\n"}, bin="./bin.js")
    dist = client.get("@s%2fn/1.2.3").json()["dist"]
    assert dist["tarball"] == registry.tarball_url("@s/n", "1.2.3") == f"{registry.url}@s/n/-/n-1.2.3.tgz"
    tarball = client.get("@s/n/-/n-1.2.3.tgz")
    assert tarball.headers["content-type"] == "application/octet-stream"
    assert integrity(tarball.body) == dist["integrity"]
    assert hashlib.sha1(tarball.body).hexdigest() == dist["shasum"]
    with tarfile.open(fileobj=io.BytesIO(tarball.body)) as archive:
        members = archive.getmembers()
        text = archive.extractfile("package/package.json")
        assert text is not None
        assert json.load(text)["version"] == "1.2.3"
    assert members[0].name == "package/package.json"
    assert {member.name: member.mode for member in members}["package/bin.js"] == 0o755
    assert (dist["fileCount"], dist["unpackedSize"]) == (4, sum(member.size for member in members))


def test_the_same_calls_give_the_same_documents() -> None:
    def document() -> bytes:
        with Registry(public_url="https://registry.npmjs.org/") as server, Client(server.url) as client:
            server.publish("a", "1.0.0", signed=True)
            server.publish("a", "1.1.0", deprecated="old", tags=["next"])
            return client.get("a").body

    assert document() == document()
    assert json.loads(document())["versions"]["1.0.0"]["dist"]["tarball"].startswith(
        "https://registry.npmjs.org/"
    )


def test_times_and_tags(registry: Registry, client: Client) -> None:
    registry.publish("a", "1.0.0")
    registry.publish("a", "2.0.0", tags=["next"])
    registry.publish("a", "1.0.1", time=datetime(2023, 5, 6, 7, 8, 9, 123000, tzinfo=UTC))
    document = client.get("a").json()
    assert document["dist-tags"] == {"latest": "1.0.1", "next": "2.0.0"}
    assert document["time"] == {
        "created": "2023-05-06T07:08:09.123Z",
        "modified": "2024-01-02T00:00:00.000Z",
        "1.0.0": "2024-01-01T00:00:00.000Z",
        "2.0.0": "2024-01-02T00:00:00.000Z",
        "1.0.1": "2023-05-06T07:08:09.123Z",
    }
    assert client.get("a/next").json()["version"] == "2.0.0"
    assert client.get("-/package/a/dist-tags").json() == document["dist-tags"]
    registry.set_time("a", "created", "yesterday")
    assert client.get("a").json()["time"]["created"] == "yesterday"


def test_a_known_etag_is_answered_304(registry: Registry, client: Client) -> None:
    registry.publish("a")
    full, corgi = client.get("a").headers["etag"], client.get("a", accept=CORGI).headers["etag"]
    assert full != corgi
    for known in (full, f"W/{full}", f'"other", {full}'):
        again = client.get("a", if_none_match=known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == full
    assert client.get("a", if_none_match=corgi).status == 200
    registry.publish("a", "1.0.1")
    assert client.get("a", if_none_match=full).status == 200


def test_json_is_gzipped_when_accepted_and_tarballs_never_are(registry: Registry, client: Client) -> None:
    registry.publish("a")
    plain, packed = client.get("a"), client.get("a", accept_encoding="br, gzip;q=0.8")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "content-encoding" not in client.get("a", accept_encoding="gzip;q=0").headers
    assert "content-encoding" not in client.get("a/-/a-1.0.0.tgz", accept_encoding="gzip").headers


def test_head_gives_the_headers_of_get(registry: Registry, client: Client) -> None:
    registry.publish("a")
    for path in ("a", "a/1.0.0", "a/-/a-1.0.0.tgz", "nothing"):
        got, head = client.get(path), client.request("HEAD", path)
        assert (head.status, head.body) == (got.status, b"")
        assert head.headers | {"date": ""} == got.headers | {"date": ""}


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "@s%2fnothing",
        "a/-/a-9.9.9.tgz",
        "nothing/-/nothing-1.0.0.tgz",
        "-/unknown",
        "a/b/c",
        "@s",
        "",
    ],
)
def test_what_is_not_there_is_a_json_404(registry: Registry, client: Client, path: str) -> None:
    registry.publish("a")
    answer = client.get(path)
    assert (answer.status, answer.json()) == (404, {"error": "Not found"})


def test_an_unknown_version_is_named(registry: Registry, client: Client) -> None:
    registry.publish("a")
    assert _brief(client.get("a/9.9.9")) == (404, "version not found: 9.9.9")


def test_publishing_over_http_is_refused(registry: Registry, client: Client) -> None:
    registry.publish("a")
    assert client.request("PUT", "a", body=b"{}").status == 405
    assert registry.requests[-1].body == b"{}"


def test_small_services(registry: Registry, client: Client) -> None:
    registry.publish("left-pad", "1.3.0")
    registry.set_user("secret", "alice")
    registry.set_keys([{"keyid": "SHA256:x"}])
    registry.attest("@s/n", "1.0.0", [{"predicateType": "p", "bundle": {}}])
    assert _brief(client.get("-/ping")) == (200, {})
    assert _brief(client.get("-/whoami", authorization="Bearer secret")) == (200, {"username": "alice"})
    assert client.get("-/whoami").status == 401
    assert client.get("-/npm/v1/keys").json() == {"keys": [{"keyid": "SHA256:x"}]}
    found = client.get("-/npm/v1/attestations/@s%2fn@1.0.0").json()
    assert found == {"attestations": [{"predicateType": "p", "bundle": {}}]}
    assert client.get("-/npm/v1/attestations/@s%2fn@1.0.1").status == 404
    search = client.get("-/v1/search?text=left&size=1").json()
    assert [entry["package"]["name"] for entry in search["objects"]] == ["left-pad"]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_bulk_advisories(registry: Registry, client: Client, encoding: str) -> None:
    registry.advise("evil", "<2.0.0", severity="critical", number=7)
    body = json.dumps({"evil": ["1.0.0"], "@s/good": ["1.0.0"]}).encode()
    sent = gzip.compress(body) if encoding == "gzip" else body
    path = "-/npm/v1/security/advisories/bulk"
    answer = client.request("POST", path, body=sent, headers={"content-encoding": encoding})
    assert [record["id"] for record in answer.json()["evil"]] == [7]
    assert list(answer.json()) == ["evil"]
    assert registry.requests[-1].kind is Kind.ADVISORIES
    assert registry.mentions("@s/good") == [registry.requests[-1]]
    assert client.request("POST", path, body=b"\x1f\x8b").status == 400


def test_downloads(registry: Registry, client: Client) -> None:
    registry.set_downloads({"a": 10, "@s/n": 20})
    point = "downloads/point/last-week"
    a = {"downloads": 10, "start": "2024-06-01", "end": "2024-06-07", "package": "a"}
    assert client.get(f"{point}/a").json() == a
    assert client.get(f"{point}/a,b").json() == {"a": a, "b": None}
    assert client.get(f"{point}/@s/n").json()["downloads"] == 20
    assert client.get(f"{point}/@s%2Fn").json()["package"] == "@s/n"
    assert _brief(client.get(f"{point}/b")) == (404, {"error": "package b not found"})
    refused = client.get(f"{point}/a,@s/n")
    assert refused.status == 400
    assert "scoped packages are not currently supported" in refused.json()["error"]
    assert client.get(f"{point}/{','.join(['a'] * 129)}").status == 400


def test_prefix_token_and_log(registry: Registry) -> None:
    with Registry(prefix="npm", token="s3cret") as server, Client(server.url) as client:
        server.publish("a")
        assert server.url.endswith("/npm/")
        assert client.get("a").status == 401
        assert client.get("a", authorization="Bearer s3cret", user_agent="x").status == 200
        assert [request.path for request in server.asked("a")] == ["/npm/a", "/npm/a"]
        assert server.requests[1].headers["user-agent"] == "x"
        assert [server.requests[1]] == server.mentions("s3cret")
        with Client(server.url.removesuffix("npm/")) as outside:
            assert outside.get("a", authorization="Bearer s3cret").status == 404
    with Registry(basic=("u", "p")) as server, Client(server.url) as client:
        assert client.get("-/ping", authorization="Basic dTpw").status == 200
        assert client.get("-/ping", authorization="Basic xxxx").status == 401


@pytest.mark.skipif(not tls.available(), reason="there is no openssl")
def test_tls_with_our_own_authority() -> None:
    with Registry(tls=True) as server:
        trusting = ssl.create_default_context(cafile=server.ca_file)
        with Client(server.url, tls=trusting) as client:
            assert client.get("-/ping").status == 200
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(f"{server.url}-/ping", context=ssl.create_default_context())


def test_many_keep_alive_connections(registry: Registry) -> None:
    registry.publish("a")

    def ask(_: int) -> set[int]:
        with Client(registry.url) as client:
            return {client.get("a").status for _ in range(5)}

    with ThreadPoolExecutor(64) as pool:
        assert set.union(*pool.map(ask, range(64))) == {200}
    assert len(registry.requests) == 320


def test_chunked_request_bodies_are_read(registry: Registry, client: Client) -> None:
    chunks = b"4\r\n{}  \r\n0\r\n\r\n"
    path = "-/npm/v1/security/advisories/bulk"
    answer = client.request("POST", path, body=chunks, headers={"transfer-encoding": "chunked"})
    assert _brief(answer) == (200, {})
    assert registry.requests[0].body == b"{}  "
    assert client.get("-/ping").status == 200


def test_maintainers_and_publishers(registry: Registry, client: Client) -> None:
    bob = Publisher("bob", "bob@example.com")
    registry.publish("a", "1.0.0")
    registry.publish("a", "1.1.0", publisher=None, maintainers=[bob])
    document = client.get("a").json()
    assert document["maintainers"] == [{"name": "bob", "email": "bob@example.com"}]
    assert document["versions"]["1.0.0"]["maintainers"][0]["name"] == "alice"
    assert "_npmUser" not in document["versions"]["1.1.0"]


def _brief(answer: Answer) -> tuple[int, object]:
    return answer.status, answer.json()

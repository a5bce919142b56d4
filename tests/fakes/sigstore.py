"""A sigstore of its own: certificate authority, certificate log, transparency log and npm key, all in memory.

    sigstore = Sigstore()
    bundle = sigstore.attest(statement("thing", "1.0.0", sha512))     # signed by a GitHub Actions job
    verify(json.dumps(bundle).encode(), sigstore.trust())

Everything real bundles hold is there and holds; `Certified` and the arguments of `attest` say what is to be wrong.
Keys are fixed, signatures are not.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from forecheck.provenance.statement import PAYLOAD_TYPE, PROVENANCE, PUBLISH
from forecheck.provenance.trust import Trust, read_trust
from tests.fakes.fulcio import GITHUB, LOGGED, Authorities, Certified, Key, person, sign, spki

__all__ = [
    "GITHUB",
    "LOGGED",
    "Certified",
    "FakeTrustRoots",
    "Sigstore",
    "filed",
    "person",
    "shared",
    "statement",
]

MEDIA_01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
MEDIA_02 = "application/vnd.dev.sigstore.bundle+json;version=0.2"
MEDIA_03 = "application/vnd.dev.sigstore.bundle.v0.3+json"
ORIGIN = "rekor.example - 1"
NPM_KEY_ID = "SHA256:test"

Json = dict[str, Any]


def statement(
    name: str,
    version: str,
    sha512: str,
    *,
    predicate: str = PROVENANCE[0],
    repository: str = "",
    about: str = "",
) -> Json:
    """An in-toto statement as npm makes it; `sha512` in hexadecimal, `about` another subject's name."""
    subject = about or f"pkg:npm/{name.replace('@', '%40')}@{version}"
    source = repository or "https://github.com/some/thing"
    contents: dict[str, Json] = {
        PROVENANCE[0]: {"buildDefinition": {"externalParameters": {"workflow": {"repository": source}}}},
        PROVENANCE[1]: {"invocation": {"configSource": {"uri": f"git+{source}@refs/heads/main"}}},
        PUBLISH: {"name": name, "version": version, "registry": "https://registry.npmjs.org"},
    }
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": subject, "digest": {"sha512": sha512}}],
        "predicateType": predicate,
        "predicate": contents.get(predicate, {}),
    }


class Sigstore(Authorities):
    """See the module. `salt` makes another sigstore, whose keys this one's trust root does not know. `stamps_time`:
    it has a timestamp authority (`tests/fakes/timestamps.py`).
    """

    def __init__(self, salt: str = "", *, stamps_time: bool = False) -> None:
        super().__init__(salt)
        self._stamps_time = stamps_time

    # -- what is trusted

    def trusted_root(self, *, since: str = "2020-01-01T00:00:00Z", until: str | None = None) -> bytes:
        """`trusted_root.json`; the window is that of every key."""
        window = {"start": since, **({"end": until} if until else {})}

        def log(name: str) -> Json:
            public = spki(self.key(name))
            key = {"rawBytes": _b64(public), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": window}
            known = {"keyId": _b64(hashlib.sha256(public).digest())}
            return {
                "baseUrl": "https://rekor.example",
                "hashAlgorithm": "SHA2_256",
                "publicKey": key,
                "logId": known,
            }

        chain = [{"rawBytes": _b64(one.public_bytes(Encoding.DER))} for one in self.authorities]
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log("log")],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "example", "commonName": "fulcio"},
                    "uri": "https://fulcio.example",
                    "certChain": {"certificates": chain},
                    "validFor": window,
                }
            ],
            "ctlogs": [log("certificate log")],
            "timestampAuthorities": [_stamping(window)] if self._stamps_time else [],
        }
        return json.dumps(document).encode()

    def npm_keys(self, *, since: str = "2020-01-01T00:00:00Z", until: str | None = None) -> bytes:
        """npm's `keys.json`."""
        window = {"start": since, **({"end": until} if until else {})}
        key = {
            "rawBytes": _b64(spki(self.key("npm"))),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": window,
        }
        listed = {"keyId": NPM_KEY_ID, "keyUsage": "npm:attestations", "publicKey": key}
        return json.dumps({"keys": [listed]}).encode()

    def trust(self, checked: datetime = LOGGED) -> Trust:
        return read_trust(self.trusted_root(), self.npm_keys(), version="test", checked=checked)

    # -- what is signed

    def attest(
        self,
        about: Json,
        *,
        holder: Certified | None = None,
        kind: str = "dsse",
        media: str = MEDIA_03,
        promise: bool = True,
        proof: bool = True,
        logged: datetime = LOGGED,
        payload_type: str = PAYLOAD_TYPE,
        log: str = "log",
    ) -> Json:
        """A bundle around the statement, signed by the holder of a certificate."""
        holder = holder or Certified()
        leaf = self.key("leaf")
        certificate = self.certificate(holder, leaf)
        envelope = _envelope(about, leaf, payload_type)
        pem = x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
        entry = self.entry(envelope, pem, kind, logged, promise=promise, proof=proof, log=log)
        material: Json = {"tlogEntries": [entry], "timestampVerificationData": {"rfc3161Timestamps": []}}
        if media == MEDIA_03:
            material["certificate"] = {"rawBytes": _b64(certificate)}
        else:
            material["x509CertificateChain"] = {"certificates": [{"rawBytes": _b64(certificate)}]}
        return {"mediaType": media, "verificationMaterial": material, "dsseEnvelope": envelope}

    def attest_stamped(self, about: Json, *, holder: Certified | None = None) -> Json:
        """A bundle as Rekor 2 makes them: the log signs no time, a timestamp authority does, which is now."""
        from tests.fakes.timestamps import authority

        now = datetime.now(UTC)
        holder = msgspec.structs.replace(holder or Certified(), since=now - timedelta(minutes=1))
        leaf = self.key("leaf")
        certificate = self.certificate(holder, leaf)
        envelope = _envelope(about, leaf, PAYLOAD_TYPE)
        signature = envelope["signatures"][0]["sig"]
        payload, kind = base64.b64decode(envelope["payload"]), PAYLOAD_TYPE.encode()
        message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        verifier = {
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "x509Certificate": {"rawBytes": _b64(certificate)},
        }
        record = {
            "data": {"algorithm": "SHA2_256", "digest": _b64(hashlib.sha256(message).digest())},
            "signature": {"content": signature, "verifier": verifier},
        }
        document = {"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": {"hashedRekordV002": record}}
        body = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
        log_id = hashlib.sha256(spki(self.key("log"))).digest()
        entry = {
            "logIndex": "2",
            "logId": {"keyId": _b64(log_id)},
            "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
            "canonicalizedBody": _b64(body),
            "inclusionProof": self._proof(body, "log", log_id),
        }
        stamp = {"signedTimestamp": _b64(authority().stamp(base64.b64decode(signature)))}
        material = {
            "certificate": {"rawBytes": _b64(certificate)},
            "tlogEntries": [entry],
            "timestampVerificationData": {"rfc3161Timestamps": [stamp]},
        }
        return {"mediaType": MEDIA_03, "verificationMaterial": material, "dsseEnvelope": envelope}

    def publish(
        self,
        about: Json,
        *,
        kind: str = "dsse",
        logged: datetime = LOGGED,
        keyid: str = NPM_KEY_ID,
        **how: Any,
    ) -> Json:
        """A bundle signed by npm's registry."""
        key = self.key("npm")
        envelope = _envelope(about, key, PAYLOAD_TYPE)
        envelope["signatures"][0]["keyid"] = keyid
        body = "".join(_b64(spki(key)).split())
        pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----".encode()
        entry = self.entry(envelope, pem, kind, logged, **how)
        material = {"publicKey": {"hint": keyid}, "tlogEntries": [entry]}
        return {"mediaType": MEDIA_02, "verificationMaterial": material, "dsseEnvelope": envelope}

    def entry(
        self,
        envelope: Json,
        pem: bytes,
        kind: str,
        logged: datetime,
        *,
        promise: bool = True,
        proof: bool = True,
        log: str = "log",
    ) -> Json:
        """A log entry of `dsse` 0.0.1 or `intoto` 0.0.2."""
        version, spec = _spec(envelope, pem, kind)
        document = {"apiVersion": version, "kind": kind, "spec": spec}
        body = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
        log_id = hashlib.sha256(spki(self.key(log))).digest()
        seconds, index = int(logged.timestamp()), 7
        entry: Json = {
            "logIndex": str(index),
            "logId": {"keyId": _b64(log_id)},
            "kindVersion": {"kind": kind, "version": version},
            "integratedTime": str(seconds),
            "canonicalizedBody": _b64(body),
        }
        if promise:
            signed = {"body": _b64(body), "integratedTime": seconds, "logID": log_id.hex(), "logIndex": index}
            message = json.dumps(signed, separators=(",", ":"), sort_keys=True).encode()
            entry["inclusionPromise"] = {"signedEntryTimestamp": _b64(sign(self.key(log), message))}
        if proof:
            entry["inclusionProof"] = self._proof(body, log, log_id)
        return entry

    def _proof(self, body: bytes, log: str, log_id: bytes) -> Json:
        """The third of four entries."""
        first = hashlib.sha256(b"\x01" + b"a" * 64).digest()
        fourth = hashlib.sha256(b"\x00d").digest()
        leaf = hashlib.sha256(b"\x00" + body).digest()
        right = hashlib.sha256(b"\x01" + leaf + fourth).digest()
        root = hashlib.sha256(b"\x01" + first + right).digest()
        text = f"{ORIGIN}\n4\n{_b64(root)}\n"
        signature = _b64(log_id[:4] + sign(self.key(log), text.encode()))
        return {
            "logIndex": "2",
            "rootHash": _b64(root),
            "treeSize": "4",
            "hashes": [_b64(fourth), _b64(first)],
            "checkpoint": {"envelope": f"{text}\n— rekor.example {signature}\n"},
        }


class FakeTrustRoots:
    """Implements `TrustRoots` with the trust root of the shared fake sigstore; ``asked`` counts."""

    def __init__(self, checked: datetime = LOGGED) -> None:
        self._checked = checked
        self.asked = 0

    def current(self) -> Trust:
        self.asked += 1
        return shared().trust(self._checked)


@cache
def shared() -> Sigstore:
    """One for all tests that do not change it."""
    return Sigstore()


def filed(name: str, version: str, integrity: str, wanted: Json) -> Json:
    """One entry of an attestations endpoint: `wanted` holds fields of `Certified`, and `about` another subject, or
    `signer` npm. `integrity` is the tarball's (`sha512-…`).
    """
    about = wanted.pop("about", "")
    sha512 = base64.b64decode(integrity.removeprefix("sha512-")).hex()
    if wanted.pop("signer", "") == "npm":
        said = statement(name, version, sha512, predicate=PUBLISH, about=about)
        return {"predicateType": PUBLISH, "bundle": shared().publish(said)}
    holder = person(wanted["subject"], wanted["issuer"]) if "subject" in wanted else Certified(**wanted)
    said = statement(name, version, sha512, repository=holder.repository, about=about)
    return {"predicateType": PROVENANCE[0], "bundle": shared().attest(said, holder=holder)}


def _stamping(window: Json) -> Json:
    from tests.fakes.timestamps import authority

    chain = [{"rawBytes": _b64(one)} for one in authority().certificates]
    subject = {"organization": "example", "commonName": "tsa"}
    return {
        "subject": subject,
        "uri": "https://tsa.example",
        "certChain": {"certificates": chain},
        "validFor": window,
    }


def _envelope(about: Json, key: Key, payload_type: str) -> Json:
    payload = json.dumps(about, separators=(",", ":")).encode()
    kind = payload_type.encode()
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    signature = {"sig": _b64(sign(key, message)), "keyid": ""}
    return {"payload": _b64(payload), "payloadType": payload_type, "signatures": [signature]}


def _spec(envelope: Json, pem: bytes, kind: str) -> tuple[str, Json]:
    signature = envelope["signatures"][0]
    payload = base64.b64decode(envelope["payload"])
    payload_hash = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
    whole = {"algorithm": "sha256", "value": "0" * 64}
    if kind == "dsse":
        signatures = [{"signature": signature["sig"], "verifier": _b64(pem)}]
        return "0.0.1", {"envelopeHash": whole, "payloadHash": payload_hash, "signatures": signatures}
    twice = [{"sig": _b64(signature["sig"].encode()), "publicKey": _b64(pem)}]
    inner = {"payloadType": envelope["payloadType"], "signatures": twice}
    return "0.0.2", {"content": {"envelope": inner, "hash": whole, "payloadHash": payload_hash}}


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()

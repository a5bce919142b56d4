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
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from forecheck.provenance.statement import PAYLOAD_TYPE, PROVENANCE, PUBLISH
from forecheck.provenance.trust import Trust, read_trust

GITHUB = "https://token.actions.githubusercontent.com"
LOGGED = datetime(2026, 5, 1, 12, tzinfo=UTC)
MEDIA_01 = "application/vnd.dev.sigstore.bundle+json;version=0.1"
MEDIA_02 = "application/vnd.dev.sigstore.bundle+json;version=0.2"
MEDIA_03 = "application/vnd.dev.sigstore.bundle.v0.3+json"
ORIGIN = "rekor.example - 1"
NPM_KEY_ID = "SHA256:test"
_OIDS = {"8": "issuer", "11": "runner", "12": "repository", "13": "commit", "14": "ref", "18": "workflow"}
_SCTS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")

Json = dict[str, Any]
Key = ec.EllipticCurvePrivateKey


class Certified(msgspec.Struct, frozen=True):
    """The job a certificate is for, and what is wrong with the certificate.

    `subject` is the holder, by default the workflow's URL. `stamped` is how many certificate timestamps it has.
    """

    issuer: str = GITHUB
    repository: str = "https://github.com/some/thing"
    ref: str = "refs/tags/v1.0.0"
    workflow: str = ".github/workflows/publish.yml"
    runner: str = "github-hosted"
    commit: str = "0" * 40
    subject: str = ""
    since: datetime = LOGGED - timedelta(minutes=1)
    lasts: timedelta = timedelta(minutes=10)
    purpose: ObjectIdentifier = ExtendedKeyUsageOID.CODE_SIGNING
    signs: bool = True
    stamped: int = 1
    stamp_key: str = "certificate log"
    stamp_spoilt: bool = False
    authority: str = "intermediate"

    @property
    def extensions(self) -> dict[str, str]:
        workflow = f"{self.repository}/{self.workflow}@{self.ref}" if self.workflow else ""
        build = {"repository": self.repository, "ref": self.ref, "commit": self.commit, "runner": self.runner}
        return {"issuer": self.issuer, "workflow": workflow, **build}

    @property
    def holder(self) -> str:
        return self.subject or self.extensions["workflow"]


def person(address: str, issuer: str = "https://accounts.google.com") -> Certified:
    """What anybody with an account gets."""
    return Certified(issuer=issuer, repository="", ref="", workflow="", runner="", commit="", subject=address)


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


class Sigstore:
    """See the module. `salt` makes another sigstore, whose keys this one's trust root does not know. `stamps_time`:
    it has a timestamp authority (`tests/fakes/timestamps.py`).
    """

    def __init__(self, salt: str = "", *, stamps_time: bool = False) -> None:
        self._salt = salt
        self._stamps_time = stamps_time
        self.authorities = self._authorities()

    def key(self, name: str) -> Key:
        number = int.from_bytes(hashlib.sha256(f"{self._salt} {name}".encode()).digest()[:31], "big")
        return ec.derive_private_key(number, ec.SECP256R1())

    # -- what is trusted

    def trusted_root(self, *, since: str = "2020-01-01T00:00:00Z", until: str | None = None) -> bytes:
        """`trusted_root.json`; the window is that of every key."""
        window = {"start": since, **({"end": until} if until else {})}

        def log(name: str) -> Json:
            spki = _spki(self.key(name))
            key = {"rawBytes": _b64(spki), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": window}
            known = {"keyId": _b64(hashlib.sha256(spki).digest())}
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
            "rawBytes": _b64(_spki(self.key("npm"))),
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
        log_id = hashlib.sha256(_spki(self.key("log"))).digest()
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
        body = "".join(_b64(_spki(key)).split())
        pem = f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----".encode()
        entry = self.entry(envelope, pem, kind, logged, **how)
        material = {"publicKey": {"hint": keyid}, "tlogEntries": [entry]}
        return {"mediaType": MEDIA_02, "verificationMaterial": material, "dsseEnvelope": envelope}

    def certificate(self, holder: Certified, key: Key) -> bytes:
        """A leaf certificate as Fulcio makes them, in DER."""
        issuer = self.authorities[0] if holder.authority == "intermediate" else self.authorities[1]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(issuer.subject)
            .public_key(key.public_key())
            .serial_number(12345)
            .not_valid_before(holder.since)
            .not_valid_after(holder.since + holder.lasts)
            .add_extension(_key_usage(signs=holder.signs), critical=True)
            .add_extension(x509.ExtendedKeyUsage([holder.purpose]), critical=False)
            .add_extension(_authority_id(issuer), critical=False)
            .add_extension(_holder_name(holder.holder), critical=True)
        )
        for last, field in _OIDS.items():
            if value := holder.extensions[field]:
                oid = ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{last}")
                builder = builder.add_extension(x509.UnrecognizedExtension(oid, _utf8(value)), critical=False)
        signer = self.key(holder.authority)
        if not holder.stamped:
            return builder.sign(signer, SHA256()).public_bytes(Encoding.DER)
        unstamped = builder.sign(signer, SHA256()).tbs_certificate_bytes
        stamps = self._stamps(holder, unstamped, issuer)
        return (
            builder.add_extension(x509.UnrecognizedExtension(_SCTS, stamps), critical=False)
            .sign(signer, SHA256())
            .public_bytes(Encoding.DER)
        )

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
        log_id = hashlib.sha256(_spki(self.key(log))).digest()
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
            entry["inclusionPromise"] = {"signedEntryTimestamp": _b64(_sign(self.key(log), message))}
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
        signature = _b64(log_id[:4] + _sign(self.key(log), text.encode()))
        return {
            "logIndex": "2",
            "rootHash": _b64(root),
            "treeSize": "4",
            "hashes": [_b64(fourth), _b64(first)],
            "checkpoint": {"envelope": f"{text}\n— rekor.example {signature}\n"},
        }

    def _stamps(self, holder: Certified, tbs: bytes, issuer: x509.Certificate) -> bytes:
        """A list of certificate timestamps (RFC 6962 3.3) inside a DER octet string."""
        milliseconds = int(holder.since.timestamp() * 1000)
        issuer_key = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        signed = (
            b"\x00\x00"
            + milliseconds.to_bytes(8, "big")
            + b"\x00\x01"
            + hashlib.sha256(issuer_key).digest()
            + len(tbs).to_bytes(3, "big")
            + tbs
            + b"\x00\x00"
        )
        key = self.key(holder.stamp_key)
        signature = _sign(key, signed + b"!" if holder.stamp_spoilt else signed)
        log_id = hashlib.sha256(_spki(key)).digest()
        stamp = (
            b"\x00" + log_id + milliseconds.to_bytes(8, "big") + b"\x00\x00"
            b"\x04\x03" + len(signature).to_bytes(2, "big") + signature
        )
        stamps = (len(stamp).to_bytes(2, "big") + stamp) * holder.stamped
        return _der(4, len(stamps).to_bytes(2, "big") + stamps)

    def _authorities(self) -> tuple[x509.Certificate, x509.Certificate]:
        """The intermediate authority and the root that signed it."""
        root_name = _name("root")
        root = self._authority(root_name, root_name, "root", "root")
        return self._authority(_name("intermediate"), root_name, "intermediate", "root"), root

    def _authority(self, name: x509.Name, issuer: x509.Name, key: str, signer: str) -> x509.Certificate:
        signing = self.key(signer)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(self.key(key).public_key())
            .serial_number(1 if key == "root" else 2)
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_authority_usage(), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key(key).public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
            )
            .sign(signing, SHA256())
        )


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
    signature = {"sig": _b64(_sign(key, message)), "keyid": ""}
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


def _sign(key: Key, message: bytes) -> bytes:
    return key.sign(message, ec.ECDSA(SHA256()))


def _spki(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _name(common: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "example")
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _holder_name(holder: str) -> x509.SubjectAlternativeName:
    plain = (
        x509.RFC822Name(holder)
        if "@" in holder and "://" not in holder
        else x509.UniformResourceIdentifier(holder)
    )
    return x509.SubjectAlternativeName([plain])


def _authority_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    known = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(signs, not signs, False, False, False, False, False, False, False)


def _authority_usage() -> x509.KeyUsage:
    return x509.KeyUsage(False, False, False, False, False, True, True, False, False)


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 + len(length)]) + length + content


def _utf8(text: str) -> bytes:
    return _der(12, text.encode())

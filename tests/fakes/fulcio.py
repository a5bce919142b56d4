"""Fulcio's part of the fake sigstore: authorities, and certificates for jobs and people, right and wrong ones."""

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

GITHUB = "https://token.actions.githubusercontent.com"
LOGGED = datetime(2026, 5, 1, 12, tzinfo=UTC)
_OIDS = {"8": "issuer", "11": "runner", "12": "repository", "13": "commit", "14": "ref", "18": "workflow"}
_SCTS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")

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


class Authorities:
    """Keys by name, the two certificate authorities, and what they issue. `salt` makes others."""

    def __init__(self, salt: str = "") -> None:
        self._salt = salt
        self.authorities = self._authorities()

    def key(self, name: str) -> Key:
        number = int.from_bytes(hashlib.sha256(f"{self._salt} {name}".encode()).digest()[:31], "big")
        return ec.derive_private_key(number, ec.SECP256R1())

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
        signature = sign(key, signed + b"!" if holder.stamp_spoilt else signed)
        log_id = hashlib.sha256(spki(key)).digest()
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


def sign(key: Key, message: bytes) -> bytes:
    return key.sign(message, ec.ECDSA(SHA256()))


def spki(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


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

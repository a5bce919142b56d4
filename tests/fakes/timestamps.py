"""An RFC 3161 timestamp authority, by openssl: it stamps with the machine's own time."""

import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """`certificates` are its own and its root's, in DER."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("tsa root", "tsa root", root_key, root_key, authority=True)
        own = _certificate("tsa", "tsa root", key, root_key, authority=False)
        self.certificates = tuple(one.public_bytes(Encoding.DER) for one in (own, root))
        (folder / "tsa.pem").write_bytes(own.public_bytes(Encoding.PEM))
        (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "openssl.cnf").write_text(CONFIGURATION)

    def stamp(self, message: bytes) -> bytes:
        """A timestamp response over the message, in DER."""
        (self._folder / "message").write_bytes(message)
        self._openssl("-query", "-data", "message", "-sha256", "-out", "request")
        self._openssl(
            "-reply", "-config", "openssl.cnf", "-queryfile", "request", "-signer", "tsa.pem", "-inkey",
            "key.pem", "-out", "response",
        )  # fmt: skip
        return (self._folder / "response").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        command = ["openssl", "ts", *arguments]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)


@cache
def authority() -> Authority:
    return Authority(Path(mkdtemp(prefix="tsa-")))


def _certificate(
    name: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if not authority:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(signer, SHA256())

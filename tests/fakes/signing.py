"""ECDSA registry signatures in plain integers, so that tests need no cryptography package. Not for real keys.

npm signs ``name@version:integrity`` with P-256 and SHA-256 and shows base64 of the DER signature; the keys
endpoint gives the public key as base64 DER, and its id is the SHA-256 fingerprint of the key in OpenSSH form.
The curve: FIPS 186-4, D.1.2.3. Keys come from a seed and nonces from key and message: same calls, same bytes.
"""

import base64
import hashlib
import struct

import msgspec

from tests.fakes.packages import Json, Release

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
CURVE = b"ecdsa-sha2-nistp256"

Point = tuple[int, int] | None


def _add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    if a == b:
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _multiply(factor: int, point: Point) -> Point:
    total: Point = None
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _affine(factor: int) -> tuple[int, int]:
    point = _multiply(factor, G)
    if point is None:
        raise ValueError("a multiple of the curve's order")
    return point


def _digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest())


def _der_integer(value: int) -> bytes:
    content = value.to_bytes(value.bit_length() // 8 + 1)
    return bytes([0x02, len(content)]) + content


class Signer(msgspec.Struct, frozen=True):
    """One signing key, named by its seed."""

    seed: bytes = b"registry"

    @property
    def _secret(self) -> int:
        return _digest(b"secret", self.seed) % (N - 1) + 1

    @property
    def _point(self) -> bytes:
        return b"\x04" + b"".join(coordinate.to_bytes(32) for coordinate in _affine(self._secret))

    @property
    def keyid(self) -> str:
        blob = b"".join(struct.pack(">I", len(part)) + part for part in (CURVE, b"nistp256", self._point))
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    def document(self, expires: str | None = None) -> dict[str, Json]:
        """Its entry in ``/-/npm/v1/keys``."""
        return {
            "expires": expires,
            "keyid": self.keyid,
            "keytype": CURVE.decode(),
            "scheme": CURVE.decode(),
            "key": base64.b64encode(SPKI_HEAD + self._point).decode(),
        }

    def sign(self, message: bytes) -> bytes:
        """A DER signature."""
        secret = self._secret
        nonce = _digest(b"nonce", secret.to_bytes(32), message) % (N - 1) + 1
        r = _affine(nonce)[0] % N
        s = pow(nonce, -1, N) * (_digest(message) + r * secret) % N
        body = _der_integer(r) + _der_integer(s)
        return bytes([0x30, len(body)]) + body

    def signature(self, release: Release) -> dict[str, Json]:
        """An entry of ``dist.signatures``."""
        message = f"{release.name}@{release.version}:{release.integrity}".encode()
        return {"keyid": self.keyid, "sig": base64.b64encode(self.sign(message)).decode()}

"""The attestations that a registry serves with a release, verified."""

from binascii import Error, a2b_base64, hexlify
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

import msgspec

from forecheck.decode import Malformed, read_json
from forecheck.evidence.fetching import cache_key
from forecheck.evidence.packument import Dist, escaped
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import FromRegistry, Now, Release, Unavailable, UnavailableKind
from forecheck.ports import Cache, Http, Request, Stored
from forecheck.provenance.agreement import Expected, disagreements
from forecheck.provenance.identity import Identity
from forecheck.provenance.refusal import Fault, Refused
from forecheck.provenance.statement import PROVENANCE
from forecheck.provenance.trust import Trust
from forecheck.provenance.verified import Verified
from forecheck.source import source

MAX_BYTES: Final = 5 * 1024 * 1024
"""Real answers are about 15 kB."""

_MOST: Final = 32
_ENDPOINT: Final = "-/npm/v1/attestations/"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%/._~+-")


class TrustRoots(Protocol):
    """Given to every run as context: where the trust root comes from. Asked only if there is something to verify."""

    def current(self) -> Trust:
        """The newest trust root that can be had; never fails, because one is embedded."""
        ...


class Attestation(msgspec.Struct, frozen=True, array_like=True):
    """One attestation, filed by the registry under `predicate_type`. Either it is `verified`, or `fault` and
    `reason` say why not.
    """

    predicate_type: str
    verified: Verified | None
    fault: Fault | None = None
    reason: str = ""


class Attestations(msgspec.Struct, frozen=True, array_like=True):
    """What the registry serves. `promised` tells whether its metadata mention attestations at all, `announced` which
    predicate type they promise, empty if none.

    `sha512` is the tarball's digest by those metadata, in hexadecimal. `trust_checked` is the day
    (ISO 8601) on which the trust root was last known to be current, `trust_fresh` whether that is recent.
    """

    listed: tuple[Attestation, ...] = ()
    promised: bool = False
    announced: str = ""
    sha512: str = ""
    trust_checked: str = ""
    trust_fresh: bool = False

    def builds(self, release: Release) -> Iterator[Identity]:
        """The builds that valid provenance proves for this release, and that nothing contradicts."""
        expected = Expected(release.name, release.version, self.sha512)
        for one in self.listed:
            verified = one.verified
            if verified is None or verified.statement.predicate_type not in PROVENANCE:
                continue
            agrees = next(disagreements(verified, one.predicate_type, expected), None) is None
            if agrees and verified.identity is not None:
                yield verified.identity


class _Filed(msgspec.Struct, frozen=True, rename="camel"):
    bundle: msgspec.Raw
    predicate_type: str = ""


class _Answer(msgspec.Struct, frozen=True):
    attestations: tuple[_Filed, ...]


@source(fetches=True)
def attestations(
    release: Release, manifest: RegistryManifest, trust_roots: TrustRoots, http: Http, cache: Cache, now: Now
) -> Attestations:
    """The attestations of a release; UNSUPPORTED from a registry that mentions neither any nor its own signature,
    which npm's is never without: a mirror that takes both off.

    They are asked for at the release's own registry, wherever the metadata say that they are. A registry that
    promises its own attestations and has none gives an empty `listed`.
    """
    dist = manifest.dist
    if not isinstance(release.origin, FromRegistry):
        raise Unavailable(UnavailableKind.UNSUPPORTED, "only registries serve attestations")
    if not dist.attestations:
        if not dist.signatures:
            reason = "the registry passes on neither signatures nor attestations"
            raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
        return Attestations()
    sha512 = _sha512(dist)
    trust = trust_roots.current()
    url, own = address(release, release.origin.url, dist.attestations)
    request = Request(url=url, source="attestations", max_bytes=MAX_BYTES, same_host=True)
    try:
        listed = _known_or_fetched(request, dist, trust, http, cache, now)
    except Unavailable as missing:
        if missing.kind is not UnavailableKind.NOT_FOUND:
            raise
        listed = ()
    if not listed and not own:
        reason = "the registry passes on that there are attestations, but serves none; no other host is asked"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return Attestations(
        listed=listed,
        promised=True,
        announced=dist.predicate,
        sha512=sha512,
        trust_checked=trust.checked.date().isoformat(),
        trust_fresh=trust.is_fresh(now.at),
    )


def address(release: Release, registry: str, promised: str) -> tuple[str, bool]:
    """Where to ask, always below the registry; and whether that is where its metadata point.

    Mirrors pass on addresses of the registry they mirror; pacote too asks the registry it is configured for.
    """
    base = registry + _ENDPOINT
    rest = promised.removeprefix(base)
    if promised.startswith(base) and _PLAIN.issuperset(rest) and ".." not in rest:
        return promised, True
    return f"{base}{escaped(release.name)}@{escaped(release.version)}", promised.startswith(registry)


def _known_or_fetched(
    request: Request, dist: Dist, trust: Trust, http: Http, cache: Cache, now: Now
) -> tuple[Attestation, ...]:
    """The verdicts on what the registry serves for these very bytes under this very trust root.

    Attestations of a published tarball do not change, and neither does what they are worth. Only good ones are kept.
    """
    key = f"{cache_key(request, tuple[Attestation, ...])}:{dist.integrity}:{trust.digest}"
    known = _read(cache.get_many((key,)), key)
    if known is not None:
        return known
    try:
        answer = read_json(http.get(request).body, _Answer, request.url, max_bytes=MAX_BYTES)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from None
    if len(answer.attestations) > _MOST:
        reason = f"the registry lists {len(answer.attestations)} attestations of one release"
        raise Unavailable(UnavailableKind.TOO_LARGE, reason)
    listed = tuple(_examined(filed, trust) for filed in answer.attestations)
    if listed and all(one.verified is not None for one in listed):
        cache.put(key, Stored(msgspec.msgpack.encode(listed), now.at))
    return listed


def _read(found: Mapping[str, Stored], key: str) -> tuple[Attestation, ...] | None:
    if key not in found:
        return None
    try:
        return msgspec.msgpack.decode(found[key].payload, type=tuple[Attestation, ...])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _examined(filed: _Filed, trust: Trust) -> Attestation:
    from forecheck.provenance.verify import verify  # with it comes cryptography

    try:
        return Attestation(filed.predicate_type, verify(bytes(filed.bundle), trust))
    except Refused as refused:
        return Attestation(filed.predicate_type, None, refused.fault, refused.reason)


def _sha512(dist: Dist) -> str:
    """The tarball's one SHA-512, by the registry's metadata."""
    hashes = [part.partition("?")[0] for part in dist.integrity.split() if part.startswith("sha512-")]
    try:
        digests = {a2b_base64(text.removeprefix("sha512-"), strict_mode=True) for text in hashes}
    except (Error, ValueError):
        digests = set()
    if len(digests) != 1:
        reason = "the registry gives no SHA-512 of the tarball that an attestation could be about"
        raise Unavailable(UnavailableKind.MALFORMED, reason)
    return hexlify(digests.pop()).decode()

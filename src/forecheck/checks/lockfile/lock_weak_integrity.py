from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_pins import LockPins, Pin
from forecheck.model import Confidence, Hit, LockedFile, Severity

_FEW = 0.01


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def lock_weak_integrity(subject: LockedFile, pins: LockPins) -> Iterator[Hit]:
    """A package is pinned by a hash that can be forged.

    ## Why it matters
    Two archives with one SHA-1 can be made for the price of a used car, two with one MD5 in a second.
    Lockfiles written before 2018 hold SHA-1, because registries gave nothing else.

    ## What to do
    Delete the entry and install: the registry has a SHA-512 for every package by now.

    ## What it cannot know
    Where only a few have none but a SHA-1, the registry may never have given more: it counts as a warning then.
    Whether the archive is the one that was published: `forecheck lockfile verify` compares.

    ## Examples
    ### bad: SHA-1
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "sha1-V0yBOM4dK1hh8LRFedut1gxmFbI="}}}
    ```
    ```text title="finding"
    is pinned by a SHA-1 only
    ```
    ### bad: MD5
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "md5-AAAAAAAAAAAAAAAAAAAAAA=="}}}
    ```
    ```text title="finding"
    is pinned by an MD5 only: "md5-AAAAAAAAAAAAAAAAAAAAAA=="
    ```
    ### good: SHA-512
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    """
    del subject
    sha1 = [one.entry for one in pins.loose if one.pin is Pin.SHA1]
    few = pins.pinned > 0 and len(sha1) <= max(1, _FEW * pins.pinned)
    odd_one_out = Severity.MEDIUM if few else None
    for entry in sha1:
        yield Hit(
            "is pinned by a SHA-1 only", odd_one_out, at=entry.at, key=entry.location, about=entry.release
        )
    for one in pins.loose:
        if one.pin is Pin.MD5:
            entry = one.entry
            message = f"is pinned by an MD5 only: {quoted(entry.integrity)}"
            yield Hit(message, Severity.HIGH, at=entry.at, key=entry.location, about=entry.release)

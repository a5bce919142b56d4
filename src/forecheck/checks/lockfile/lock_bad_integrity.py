from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.evidence.lock_pins import LockPins, Pin
from forecheck.lockfiles.pinning import is_sha1
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_bad_integrity(subject: LockedFile, pins: LockPins) -> Iterator[Hit]:
    """An integrity is not one hash that package managers hold to.

    ## Why it matters
    npm 11 takes an algorithm that it does not know (`sha999-…`) for no integrity at all; a hash of the
    wrong length is no hash; and where several of one kind stand side by side, an archive needs to fit only
    one of them.

    ## What to do
    Restore the entry from the main branch, or delete it and let the package manager write it anew.

    ## What it cannot know
    Which of several hashes is the registry's.

    ## Examples
    ### bad: no algorithm that exists
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity": "sha999-YXR0YWNrZXI="}}}
    ```
    ```text title="finding"
    has an integrity that is none: "sha999-YXR0YWNrZXI="
    ```
    ### bad: a choice of two
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= sha256-3yPHXLYsaCWLKcTkX/x0H7L5Gn8V9Oq6y6cP8fKyvQw="}}}
    ```
    ```text title="finding"
    has 2 hashes of one kind, and an archive that fits any of them passes
    ```
    ### good: one SHA-512
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    """
    del subject
    for one in pins.loose:
        entry = one.entry
        if one.pin is Pin.MALFORMED:
            message, severity = (
                f"has an integrity that is none: {quoted(entry.integrity or entry.checksum)}",
                None,
            )
        elif one.pin is Pin.SEVERAL:
            message, severity = _several(entry.integrity.split())
        else:
            continue
        yield Hit(message, severity, at=entry.at, key=entry.location, about=entry.release)


def _several(hashes: list[str]) -> tuple[str, Severity]:
    """A weaker hash beside a stronger one is harmless: package managers go by the strongest kind."""
    kinds = [text.partition("-")[0] for text in hashes]
    if len(set(kinds)) < len(kinds):
        return (
            f"has {len(kinds)} hashes of one kind, and an archive that fits any of them passes",
            Severity.HIGH,
        )
    weak = any(is_sha1(text) for text in hashes)
    said = "a SHA-1 beside a strong hash" if weak else "hashes of different strength"
    return f"has {said}; only the strongest counts", Severity.LOW

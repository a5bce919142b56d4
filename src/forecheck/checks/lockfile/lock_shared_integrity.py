from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.lock_pins import LockPins
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_shared_integrity(subject: LockedFile, pins: LockPins) -> Iterator[Hit]:
    """Two different packages have the same integrity.

    ## Why it matters
    Name and version stand inside the archive, so two packages never have one hash. Where they do, one of
    the entries brings in the other's contents.

    ## What to do
    Restore the entry that has changed last, or delete both and let the package manager write them anew.

    ## What it cannot know
    Which of the two is the wrong one.

    ## Examples
    ### bad: one archive under two names
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "^1.0.0", "ms": "^2.0.0"}},
                  "node_modules/a": {"version": "1.0.0", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    ```text title="finding"
    has the integrity of a@1.0.0
    ```
    ### good: the same package twice
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0", "old": "npm:ms@^2.0.0"}},
                  "node_modules/old": {"name": "ms", "version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    """
    del subject
    for one in pins.shared:
        message = f"has the integrity of {one.other.release.spec}"
        yield Hit(message, at=one.entry.at, key=one.entry.location, about=one.entry.release)

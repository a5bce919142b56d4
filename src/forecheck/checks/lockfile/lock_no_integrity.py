from collections.abc import Iterator

from forecheck.check import check
from forecheck.evidence.lock_pins import LockPins, Pin
from forecheck.model import Confidence, FromGit, FromTarball, Hit, LockedFile, Severity

_FEW = 0.1


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_no_integrity(subject: LockedFile, pins: LockPins) -> Iterator[Hit]:
    """Nothing in the lockfile pins the contents of a package.

    ## Why it matters
    An entry without a hash takes whatever its address answers today. npm, yarn 1, pnpm up to 10.33 and bun with an
    older lockfile version all install it, and say nothing.

    ## What to do
    Delete the entry and install, so that the package manager writes it anew. Where a whole lockfile has
    lost its hashes (npm has done that), delete it and node_modules.

    ## What it cannot know
    Why the hash is missing. Where most packages have none, it is the tool that wrote the file rather than
    somebody who took one out, and the finding is a warning.

    ## Examples
    ### bad: one hash was taken out
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "^1.0.0", "ms": "^2.0.0"}},
                  "node_modules/a": {"version": "1.0.0", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="},
                  "node_modules/ms": {"version": "2.1.3", "integrity": ""}}}
    ```
    ```text title="finding"
    has no integrity, unlike the 1 package beside it
    ```
    ### bad: there are none at all
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```text title="finding"
    has no integrity
    ```
    ### good: a hash
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}
    ```
    """
    del subject
    missing = [one.entry for one in pins.loose if one.pin is Pin.MISSING]
    few = len(missing) <= max(1, _FEW * pins.pinned) and pins.pinned > 0
    for entry in missing:
        origin = entry.release.origin
        if isinstance(origin, FromTarball) and "://" not in origin.url:
            message, severity = "is a file on this machine, without a hash", Severity.LOW
        elif isinstance(origin, FromTarball):
            message, severity = "comes from an address of its own, without a hash", Severity.MEDIUM
        elif isinstance(origin, FromGit):
            message, severity = "comes from git without a commit", Severity.MEDIUM
        elif few:
            others = f"{pins.pinned} package{'' if pins.pinned == 1 else 's'}"
            message, severity = f"has no integrity, unlike the {others} beside it", Severity.HIGH
        else:
            message, severity = "has no integrity", Severity.MEDIUM
        yield Hit(message, severity, at=entry.at, key=entry.location, about=entry.release)

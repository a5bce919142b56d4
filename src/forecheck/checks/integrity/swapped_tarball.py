from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import host
from forecheck.evidence.tarball import Served, from_registry
from forecheck.model import Confidence, Hit, Release, Severity

_SHOWN = 24


@check(severity=Severity.CRITICAL, confidence=Confidence.HIGH, concerns=from_registry)
def swapped_tarball(release: Release, served: Served) -> Iterator[Hit]:
    """The registry serves other bytes than those that would be installed by.

    ## Why it matters
    The integrity in the lockfile, or else in the registry's own document, says which bytes a release is made of. A
    tarball that does not have it was changed after it was published, on the server, in a mirror, or on the way. npm
    would refuse it too, but only after the rest is installed; and managers that were told not to look would take it.

    ## What to do
    Do not install. Ask again through another network or straight from the registry. If the bytes stay wrong, tell
    whoever runs the registry.

    ## What it cannot know
    Whose bytes the right ones are: that is for the signature and the provenance to say. What is in npm's cache under
    the right hash is not downloaded again, neither here nor by npm.

    ## Examples
    ### bad: the tarball is another one than the registry's document says
    ```json title="packument.json"
    {"name": "ms",
     "versions": {"2.1.3": {"dist": {"tarball": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}}
    ```
    ```json title="tarball.json"
    {"url": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz",
     "files": {"package.json": {"name": "ms", "version": "2.1.3"}, "index.js": "changed"}}
    ```
    ```text title="finding"
    registry.npmjs.org serves other bytes than sha512-6FlzubTLZG3J2a/N…
    ```
    ### good: the bytes are the right ones
    ```json title="packument.json"
    {"name": "ms", "versions": {"2.1.3": {}}}
    ```
    ### unknown: there are none
    ```json title="packument.json"
    {"name": "ms",
     "versions": {"2.1.3": {"dist": {"tarball": "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz", "integrity":
     "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="}}}}
    ```
    """
    registry = host(release.package.registry) if release.package else "the registry"
    for pin in served.strange:
        shown = pin if len(pin) <= _SHOWN else f"{pin[: _SHOWN - 1]}…"
        yield Hit(f"{registry} serves other bytes than {shown}", key=pin)

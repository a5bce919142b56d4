from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import host
from forecheck.evidence.lock_project import PUBLIC_REGISTRIES, ConfiguredRegistries, host_of
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.MEDIUM, confidence=Confidence.MEDIUM)
def lock_project_registry(subject: LockedFile, registries: ConfiguredRegistries) -> Iterator[Hit]:
    """Packages come from a registry that only the repository itself names.

    ## Why it matters
    A pull request can change .npmrc and the lockfile together. The registry that a repository names is therefore no
    proof that the packages come from a good place, though it usually is your company's own.

    ## What to do
    Once you know the registry, put it into your own ~/.npmrc, or its host into `allow-hosts` of
    [checks.lock-host] in a forecheck.toml that you trust.

    ## What it cannot know
    Who runs the registry. It says so once for each, not for each package.

    ## Examples
    ### bad: named by the project's .npmrc alone
    ```ini title="project .npmrc"
    registry=https://npm.example/
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://npm.example/ms/-/ms-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    only .npmrc of the repository itself names the registry npm.example
    ```
    ### good: named by the user's
    ```ini title=".npmrc"
    registry=https://npm.example/
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"version": "2.1.3", "resolved": "https://npm.example/ms/-/ms-2.1.3.tgz"}}}
    ```
    """
    del subject
    known = {*PUBLIC_REGISTRIES, *registries.own}
    for base, where in registries.project.items():
        if base not in known and host_of(base) not in registries.extra_hosts:
            yield Hit(f"only {where} of the repository itself names the registry {host(base)}", key=base)

from collections.abc import Iterator
from typing import Final

from forecheck.check import Unknown, check
from forecheck.evidence.own_names import OwnNames
from forecheck.model import Confidence, Hit, Service, Severity

WORKSPACES: Final = Service("workspaces", role="this project's own packages")


def _are_workspaces(service: Service) -> bool:
    return service == WORKSPACES


@check(severity=Severity.LOW, confidence=Confidence.MEDIUM, unknown=Unknown.NOTE, concerns=_are_workspaces)
def unclaimed_workspace_name(
    service: Service,  # noqa: ARG001  (what the finding is about)
    names: OwnNames,
) -> Iterator[Hit]:
    """Anyone could publish the name of one of the project's own packages.

    ## Why it matters
    A workspace is found on disk, until somebody installs its package outside of the project, mistypes a path, or runs
    `npx` with its name: then the public registry is asked. Names of workspaces are in every public package.json.

    ## What to do
    Rename it into a scope that you own on the public registry, or publish an empty package of the name there.

    ## What it cannot know
    Whether anybody ever asks the public registry for it. Names in a scope are left out: nobody can publish there but
    the scope's owner. The public registry is asked about names that `registries.ask` in forecheck.toml lists, and
    about no other.

    ## Examples
    ### bad: nobody has it
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"name": "corp-site", "workspaces": ["parts/*"]},
     "node_modules/corp-billing": {"resolved": "parts/billing", "link": true},
     "parts/billing": {"name": "corp-billing", "version": "1.0.0"}}}
    ```
    ```json title="names.json"
    {"ask": ["corp-billing"]}
    ```
    ```text title="finding"
    anyone could publish corp-billing on the public registry
    ```
    ### good: it is there
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"name": "corp-site", "workspaces": ["parts/*"]},
     "node_modules/corp-billing": {"resolved": "parts/billing", "link": true},
     "parts/billing": {"name": "corp-billing", "version": "1.0.0"}}}
    ```
    ```json title="names.json"
    {"ask": ["corp-billing"], "public": {"corp-billing": "0.0.1"}}
    ```
    ### good: nobody said that it may be told
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"name": "corp-site", "workspaces": ["parts/*"]},
     "node_modules/corp-billing": {"resolved": "parts/billing", "link": true},
     "parts/billing": {"name": "corp-billing", "version": "1.0.0"}}}
    ```
    """
    for name in names.unclaimed:
        yield Hit(f"anyone could publish {name} on the public registry", key=name)

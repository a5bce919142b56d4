"""The lockfile that npm is given to install from: the audited one, with nothing left for npm to find out itself."""

import json
from collections.abc import Mapping


def held(lockfile: bytes, pins: Mapping[str, str]) -> bytes:
    """The lockfile with the integrities put in, and without `hasShrinkwrap`; as it is where neither changes it.

    For an entry with `hasShrinkwrap` npm unpacks the package, throws away what the lockfile says is below it and
    installs what the npm-shrinkwrap.json in there names (Arborist's reify), which nobody has looked at.
    """
    tree = json.loads(lockfile.decode("utf-8-sig"))
    packages = tree.get("packages") or {}
    flagged = [location for location, entry in packages.items() if entry.pop("hasShrinkwrap", None)]
    if not flagged and not pins:
        return lockfile
    for location, integrity in pins.items():
        packages[location]["integrity"] = integrity
    return (json.dumps(tree, indent=2) + "\n").encode()

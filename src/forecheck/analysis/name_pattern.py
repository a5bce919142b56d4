"""Lists of packages as people write them into options: `name`, `@scope/*`, `name@1.2.3 || 1.2.4`."""

from forecheck.npm.semver import satisfies


def names(pattern: str, name: str, version: str) -> bool:
    """Whether the pattern is about this version: a name in which each `*` stands for any text, and after an `@` the
    versions meant, as an npm range; none for all. (The form of pnpm's `trustPolicyExclude`.)
    """
    wanted, _, versions = pattern[1:].partition("@")
    return _fits(pattern[:1] + wanted, name) and (not versions or satisfies(version, versions))


def _fits(pattern: str, name: str) -> bool:
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == name
    *middle, last = rest
    if not name.startswith(first) or not name.endswith(last) or len(name) < len(first) + len(last):
        return False
    inside = name[len(first) : len(name) - len(last)]
    for part in middle:
        at = inside.find(part)
        if at < 0:
            return False
        inside = inside[at + len(part) :]
    return True

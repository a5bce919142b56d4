"""What the path of a registry's tarball says: which package, which version (pure).

Layouts: npm's `…/NAME/-/FILE-VERSION.tgz` (Verdaccio, Nexus, Artifactory, npmmirror, yarnpkg.com), GitHub Packages'
`/download/NAME/VERSION/HASH`, JSR's `/~/N/NAME/VERSION.tgz`.
"""

from forecheck.npm.version import parse_version

_ARCHIVES = (".tgz", ".tar.gz", ".tar")


def name_in(path: str) -> str:
    """The package that a decoded path belongs to, with its scope; empty where the layout is not known."""
    name, file = _split(path)
    if not name or not file:
        return name
    base = name.rpartition("/")[2]
    stem = _stem(file)
    if stem == base or stem.startswith(f"{base}-") or not stem:
        return name
    other, dash, version = stem.partition("-")
    while dash and parse_version(version, loose=True) is None:
        more, dash, version = version.partition("-")
        other = f"{other}-{more}"
    return other if dash else name


def version_in(path: str, name: str) -> str:
    """The version that a decoded path of the package's names; empty where it tells none."""
    found, file = _split(path)
    if found != name:
        return ""
    if not file:
        return _after(path, name)
    base, stem = name.rpartition("/")[2], _stem(file)
    said = stem.removeprefix(f"{base}-") if stem.startswith(f"{base}-") else ""
    return said if parse_version(said, loose=True) is not None else ""


def _split(path: str) -> tuple[str, str]:
    """The name, and for npm's layout the file."""
    before, dash, file = path.rpartition("/-/")
    if dash:
        parts = before.strip("/").split("/")
        scoped = len(parts) > 1 and parts[-2].startswith("@")
        scope_in_file = file.rpartition("/")[2]
        return ("/".join(parts[-2:]) if scoped else parts[-1]), scope_in_file
    parts = path.strip("/").split("/")
    if parts[0] == "download" and len(parts) > 3:
        return "/".join(parts[1:-2]), ""
    if parts[0] == "~" and len(parts) > 3:
        return "/".join(parts[2:-1]), ""
    return "", ""


def _after(path: str, name: str) -> str:
    following = path.partition(f"/{name}/")[2].partition("/")[0]
    said = _stem(following)
    return said if parse_version(said, loose=True) is not None else ""


def _stem(file: str) -> str:
    for ending in _ARCHIVES:
        if file.endswith(ending):
            return file[: -len(ending)]
    return file

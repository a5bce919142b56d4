"""From a test's few words to the release a registry would hold after ``npm publish``."""

from collections.abc import Mapping, Sequence

import msgspec

from tests.fakes.packages import Json, Publisher, Release
from tests.fakes.tarball import Tarball, build, measure

Files = Mapping[str, str | bytes]


def package_json(name: str, version: str, fields: Mapping[str, Json]) -> dict[str, Json]:
    """``fields`` under their npm names; None means absent."""
    return {
        "name": name,
        "version": version,
        **{key: value for key, value in fields.items() if value is not None},
    }


def contents(manifest: Mapping[str, Json], files: Files | None) -> dict[str, str | bytes]:
    """What goes into the tarball: a package.json and a main file unless the test brings its own."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    default: dict[str, str | bytes] = {"package.json": text, "index.js": "module.exports = 1\n"}
    return {**default, **files} if files is not None else default


def executables(manifest: Mapping[str, Json]) -> frozenset[str]:
    entries = manifest.get("bin")
    paths = (
        [entries] if isinstance(entries, str) else list(entries.values()) if isinstance(entries, dict) else []
    )
    return frozenset(path.removeprefix("./") for path in paths if isinstance(path, str))


def make_release(
    manifest: dict[str, Json],
    files: Files | None,
    *,
    publisher: Publisher | None,
    maintainers: Sequence[Publisher],
    deprecated: str | None,
    tarball: bytes | None,
) -> Release:
    """The release npm would make of a package.json and files; ``tarball`` replaces the bytes built from them."""
    packed = contents(manifest, files)
    made = build(packed, executable=executables(manifest)) if tarball is None else measure(tarball)
    name, version = manifest["name"], manifest["version"]
    document: dict[str, Json] = {
        **normalized(manifest, packed),
        "_id": f"{name}@{version}",
        "_nodeVersion": "20.20.2",
        "_npmVersion": "11.19.1",
        "maintainers": [person.document() for person in maintainers],
        "directories": {},
        "_hasShrinkwrap": "npm-shrinkwrap.json" in packed,
    }
    if publisher:
        document["_npmUser"] = publisher.document()
    if deprecated:
        document["deprecated"] = deprecated
    return Release(name, version, document, made, made.data, filename(name, version))


def filename(name: str, version: str) -> str:
    return f"{name.rpartition('/')[2]}-{version}.tgz"


def normalized(manifest: Mapping[str, Json], files: Files) -> dict[str, Json]:
    """What npm's publish changes on the way to the registry (libnpmpublish): ``bin`` becomes an object, and
    a binding.gyp without install scripts gives ``install: node-gyp rebuild``."""
    document = dict(manifest)
    if isinstance(document.get("bin"), str):
        document["bin"] = {document["name"].rpartition("/")[2]: document["bin"]}
    scripts = document.get("scripts") or {}
    if "binding.gyp" in files and not {"install", "preinstall"} & set(scripts):
        document["scripts"] = {**scripts, "install": "node-gyp rebuild"}
        document["gypfile"] = True
    return document


def repacked(release: Release, files: Files) -> Tarball:
    """The same release with other files, its package.json kept unless ``files`` replaces it."""
    hidden = ("maintainers", "directories", "deprecated")
    manifest = {
        key: value for key, value in release.manifest.items() if key not in hidden and not key.startswith("_")
    }
    return build(contents(manifest, files), executable=executables(manifest))

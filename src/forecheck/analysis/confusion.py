"""Where two manifests of one release say different things: the registry's document and the tarball's package.json.

npm tidies a package.json before it sends it to the registry (normalize-package-data 8, npm-normalize-package-bin 5,
@npmcli/package-json 7), so the two differ in form all the time. Only what is left when both are tidied is told.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

import msgspec

from forecheck.analysis.package_json import INSTALL_HOOKS, PackageJson
from forecheck.npm.version import parse_version


class Side(Enum):
    """Which of the two has what the other lacks."""

    TARBALL = "tarball"
    REGISTRY = "registry"
    BOTH = "both"


class Difference(msgspec.Struct, frozen=True):
    """One thing of `section` the two do not agree on; an empty text stands for none."""

    section: str
    what: str
    registry: str
    tarball: str

    @property
    def side(self) -> Side:
        if not self.registry:
            return Side.TARBALL
        return Side.REGISTRY if not self.tarball else Side.BOTH


def scripts(registry: Mapping[str, str], tarball: Mapping[str, str]) -> Iterator[Difference]:
    """The install scripts that differ; both are by hook, what npm infers from a binding.gyp among them."""
    for hook in INSTALL_HOOKS:
        told, held = registry.get(hook, ""), tarball.get(hook, "")
        if _script(told) != _script(held):
            yield Difference("scripts", hook, told, held)


def dependencies(registry: PackageJson, tarball: PackageJson) -> Iterator[Difference]:
    """The dependencies that differ, section by section; one that only changed its section counts.

    What is bundled without being a dependency, npm makes one of any version.
    """
    for (section, told), (_, held) in zip(registry.sections(), tarball.sections(), strict=True):
        for name in sorted(told.keys() | held.keys()):
            if name not in told:
                yield Difference(section, name, "", held[name] or "*")
            elif name not in held:
                if name in tarball.bundled and told[name] == "*":
                    continue
                yield Difference(section, name, told[name] or "*", "")
            elif not same_wanted(told[name], held[name]):
                yield Difference(section, name, told[name] or "*", held[name] or "*")


def commands(registry: Mapping[str, str], tarball: Mapping[str, str], folder: str) -> Iterator[Difference]:
    """The commands that differ. npm makes the files of `folder` (`directories.bin`) commands for the registry."""
    told, held = _tidy_commands(registry), _tidy_commands(tarball)
    below = f"{_path(folder)}/" if folder else ""
    for name in sorted(told.keys() | held.keys()):
        if name not in held and below and told[name].startswith(below):
            continue
        if told.get(name) != held.get(name):
            yield Difference("bin", name, told.get(name, ""), held.get(name, ""))


def same_wanted(one: str, other: str) -> bool:
    """Whether two texts ask for the same, whatever spaces and forms of git repositories they are written in."""
    return _wanted(one) == _wanted(other)


def same_version(told: str, held: str) -> bool:
    """Whether two texts are one version to npm, which publishes `v1.0.0` and `=1.0.0+build` as 1.0.0."""
    one, other = parse_version(told, loose=True), parse_version(held, loose=True)
    return told == held if one is None or other is None else one == other


def _script(text: str) -> str:
    """Without the way to `node_modules/.bin` at the start, which npm takes off, and spaces around."""
    return text.strip().removeprefix("./").removeprefix("node_modules/.bin/")


def _wanted(text: str) -> tuple[str, str] | str:
    """A range as npm compares it; a hosted git repository in any of the ways to write it."""
    wanted = " ".join(text.split())
    if "/" in wanted or ":" in wanted:
        from forecheck.npm.hosted import from_url

        hosted = from_url(wanted)
        if hosted is not None:
            return f"{hosted.host}:{hosted.user}/{hosted.project}".lower(), hosted.committish or ""
    return wanted or "*"


def _tidy_commands(bins: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, path in bins.items():
        command = name.replace("\\", "/").replace(":", "/").rpartition("/")[2]
        file = _path(path)
        if command not in ("", ".", "..") and file:
            found[command] = file
    return found


def _path(text: str) -> str:
    """A path as if the package's folder were the root of everything (`path.join('/', …)`)."""
    parts: list[str] = []
    for part in text.replace("\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)

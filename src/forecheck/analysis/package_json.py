"""What a package.json declares, read from documents that may hold anything in any field.

Nobody checks a published package.json: every field has been seen missing, null, of the wrong type, or in a form that
npm dropped years ago. Each function here takes a JSON value and gives the tidy form npm itself would make of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

INSTALL_HOOKS: Final = ("preinstall", "install", "postinstall")
"""Scripts a package manager runs when it installs a package from a registry."""

GIT_HOOKS: Final = ("prepublish", "preprepare", "prepare", "postprepare")
"""Scripts npm also runs when it builds a package from a git repository (pacote 21, `git.js`)."""

NATIVE_BUILD: Final = "node-gyp rebuild"
"""What npm runs as `install` for a package with a binding.gyp and no install script of its own."""


class Person(msgspec.Struct, frozen=True, array_like=True):
    """An account as a registry shows it; either part may be empty."""

    name: str
    email: str = ""

    @property
    def label(self) -> str:
        return self.name or self.email


class PackageJson(msgspec.Struct, frozen=True, array_like=True):
    """The parts of a package.json that decide what is installed and run, and on whose terms.

    `scripts` holds only the install and git hooks. `bin` is command → file. Dependency sections are name →
    what is asked for (empty text where the value is no text). `peers` leaves optional peers out, because npm
    does not install those. `gypfile` is None where the document does not say.
    `directory` is the folder in `repository` that the package is made from, empty where it does not say.
    """

    name: str = ""
    version: str = ""
    scripts: dict[str, str] = {}
    bin: dict[str, str] = {}
    dependencies: dict[str, str] = {}
    optional: dict[str, str] = {}
    peers: dict[str, str] = {}
    bundled: tuple[str, ...] = ()
    license: str = ""
    repository: str = ""
    gypfile: bool | None = None
    directory: str = ""

    def sections(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The dependency sections that are installed with the package, by their name in package.json."""
        yield "dependencies", self.dependencies
        yield "optionalDependencies", self.optional
        yield "peerDependencies", self.peers


class WirePackageJson(msgspec.Struct, frozen=True):
    """The fields as they come: any JSON at all."""

    name: Any = None
    version: Any = None
    scripts: Any = None
    bin: Any = None
    dependencies: Any = None
    optional: Any = msgspec.field(default=None, name="optionalDependencies")
    peers: Any = msgspec.field(default=None, name="peerDependencies")
    peers_meta: Any = msgspec.field(default=None, name="peerDependenciesMeta")
    dev: Any = msgspec.field(default=None, name="devDependencies")
    bundle: Any = msgspec.field(default=None, name="bundleDependencies")
    bundled: Any = msgspec.field(default=None, name="bundledDependencies")
    license: Any = None
    licenses: Any = None
    repository: Any = None
    gypfile: Any = None


def tidy(wire: WirePackageJson) -> PackageJson:
    """The tidy form of a document; never fails."""
    name = text(wire.name)
    optional = specs(wire.optional)
    dependencies = specs(wire.dependencies)
    return PackageJson(
        name=name,
        version=text(wire.version),
        scripts=hooks(wire.scripts),
        bin=commands(wire.bin, name),
        dependencies={key: spec for key, spec in dependencies.items() if key not in optional},
        optional=optional,
        peers=_installed_peers(wire),
        bundled=_bundled(wire, dependencies),
        license=licence(wire.license) or licence(wire.licenses),
        repository=repository_url(wire.repository),
        gypfile=wire.gypfile if isinstance(wire.gypfile, bool) else None,
        directory=repository_directory(wire.repository),
    )


def text(value: Any) -> str:
    """The value if it is text, else empty."""
    return value if isinstance(value, str) else ""


def hooks(value: Any) -> dict[str, str]:
    """The install and git hooks of a `scripts` section that hold a command."""
    if not isinstance(value, dict):
        return {}
    named = ((name, value.get(name)) for name in (*INSTALL_HOOKS, *GIT_HOOKS))
    return {name: script for name, script in named if isinstance(script, str) and script.strip()}


def commands(value: Any, package: str) -> dict[str, str]:
    """A `bin` field: one path means a command with the package's own name, without its scope."""
    if isinstance(value, str) and value and package:
        return {package.rpartition("/")[2]: value}
    if not isinstance(value, dict):
        return {}
    return {name: path for name, path in value.items() if name and isinstance(path, str) and path}


def specs(value: Any) -> dict[str, str]:
    """A dependency section; a list of names (as npm 0.x allowed) asks for any version of each."""
    if isinstance(value, list):
        return {name: "" for name in value if isinstance(name, str)}
    return {name: text(spec) for name, spec in value.items()} if isinstance(value, dict) else {}


def licence(value: Any) -> str:
    """A licence in any form npm has had: SPDX text, `{type, url}`, or a list of either."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return next((text(value.get(key)).strip() for key in ("type", "name", "url") if value.get(key)), "")
    if isinstance(value, list):
        flat = (licence(part) for part in value if isinstance(part, str | dict))
        return ", ".join(part for part in flat if part)
    return ""


def repository_url(value: Any) -> str:
    """A `repository` field as text, object or list of objects; shorthands such as `github:o/r` stay as they are."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("url")
    return text(value).strip()


def repository_directory(value: Any) -> str:
    """The folder inside the repository that a `repository` object names; empty where it names none."""
    if isinstance(value, list):
        value = value[0] if value else None
    return text(value.get("directory")).strip() if isinstance(value, dict) else ""


def deprecation(value: Any) -> str:
    """A `deprecated` field: npm takes text, and an empty one takes it back; `true` gives no reason."""
    if value is True:
        return "no reason given"
    return text(value).strip()


def person(value: Any) -> Person | None:
    """An account as `{name, email}` or as `Name <mail> (url)`; None for anything without either."""
    if isinstance(value, dict):
        found = Person(text(value.get("name")).strip(), text(value.get("email")).strip())
    elif isinstance(value, str):
        name, _, rest = value.partition("<")
        found = Person(name.partition("(")[0].strip(), rest.partition(">")[0].strip())
    else:
        return None
    return found if found.label else None


def people(value: Any) -> tuple[Person, ...] | None:
    """A `maintainers` field; None where it is missing or says nothing."""
    if isinstance(value, dict | str):
        value = [value]
    if not isinstance(value, list):
        return None
    found = tuple(one for one in map(person, value) if one is not None)
    return found or None


def _installed_peers(wire: WirePackageJson) -> dict[str, str]:
    meta = wire.peers_meta if isinstance(wire.peers_meta, dict) else {}
    optional = {
        name for name, about in meta.items() if isinstance(about, dict) and about.get("optional") is True
    }
    return {name: spec for name, spec in specs(wire.peers).items() if name not in optional}


def _bundled(wire: WirePackageJson, dependencies: Mapping[str, str]) -> tuple[str, ...]:
    value = wire.bundle if wire.bundle is not None else wire.bundled
    if value is True:
        return tuple(dependencies)
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()

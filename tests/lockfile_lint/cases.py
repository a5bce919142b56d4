"""Lockfiles with one change each, in every format that lockfile-lint reads, and options to look at them with."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

SHA512 = "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
SHA1 = "sha1-V0yBOM4dK1hh8LRFedut1gxmFbI="
OTHER512 = "sha512-" + "A" * 86 + "=="
COMMIT = "6f060120ad94a5fc0395559803b35dc503fc290c"
URL = "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"


class Package(NamedTuple):
    """What an entry says. `wanted` is what the project asks for; `integrity` of another type than text stays so."""

    name: str = "ms"
    version: str = "2.1.3"
    resolved: Any = URL
    integrity: Any = SHA512
    wanted: str = "^2.1.1"
    more: Mapping[str, Any] = {}


class Case(NamedTuple):
    """Files of a folder, and the arguments after the path of the lockfile."""

    id: str
    lockfile: str
    files: Mapping[str, str]
    flags: tuple[str, ...]


FLAGS: Mapping[str, tuple[str, ...]] = {
    "hosts": ("-a", "npm"),
    "hosts-strict": ("-a", "npm", "-e", "false"),
    "hosts-github": ("-a", "npm", "github.com"),
    "https": ("-s",),
    "schemes": ("-o", "https:"),
    "schemes-many": ("-o", "https:", "file:", "git+ssh:", "github:", "npm:", "workspace:", "patch:"),
    "urls": ("-u", URL),
    "hosts-urls": ("-a", "verdaccio", "-u", URL),
    "names": ("-a", "npm", "yarn", "nexus.example", "-n"),
    "names-alias": ("-a", "npm", "-n", "-l", "ms:evil"),
    "integrity": ("-i",),
    "integrity-exclude": ("-i", "--integrity-exclude", "ms", "@s/p"),
    "all": ("-s", "-a", "npm", "-n", "-i"),
}

SOURCES: Mapping[str, str] = {
    "http": "http://registry.npmjs.org/ms/-/ms-2.1.3.tgz",
    "yarn-host": "https://registry.yarnpkg.com/ms/-/ms-2.1.3.tgz",
    "foreign-host": "https://evil.example/ms/-/ms-2.1.3.tgz",
    "nexus": "https://nexus.example/repository/npm/ms/-/ms-2.1.3.tgz",
    "nexus-other-package": "https://nexus.example/repository/npm/evil/-/evil-2.1.3.tgz",
    "user-name": "https://registry.npmjs.org@evil.example/ms/-/ms-2.1.3.tgz",
    "credentials": "https://me:pw@registry.npmjs.org/ms/-/ms-2.1.3.tgz",
    "port-of-scheme": "https://registry.npmjs.org:443/ms/-/ms-2.1.3.tgz",
    "other-port": "https://registry.npmjs.org:8443/ms/-/ms-2.1.3.tgz",
    "impossible-port": "https://evil.example:99999/x.tgz",
    "upper-case": "https://REGISTRY.npmjs.org/ms/-/ms-2.1.3.tgz",
    "other-package": "https://registry.npmjs.org/evil/-/evil-2.1.3.tgz",
    "other-file": "https://registry.npmjs.org/ms/-/evil-9.9.9.tgz",
    "other-version": "https://registry.npmjs.org/ms/-/ms-0.0.1.tgz",
    "dots": "https://registry.npmjs.org/ms/../evil/-/evil-2.1.2.tgz",
    "escaped-dots": "https://registry.npmjs.org/ms/%2e%2e/evil/-/evil-2.1.2.tgz",
    "escaped-slash": "https://registry.npmjs.org/ms/..%2fevil/-/evil-2.1.2.tgz",
    "backslash": "https://registry.npmjs.org/ms/..\\evil/-/evil-2.1.2.tgz",
    "git-ssh": f"git+ssh://git@github.com/evil/repo.git#{COMMIT}",
    "git-https": f"git+https://github.com/evil/repo.git#{COMMIT}",
    "git-file": f"git+file:///tmp/repo#{COMMIT}",
    "scp": f"git@github.com:evil/repo.git#{COMMIT}",
    "ssh-scp": f"ssh://git@github.com:evil/repo.git#{COMMIT}",
    "git-ssh-scp": f"git+ssh://git@github.com:evil/repo.git#{COMMIT}",
    "shortcut": f"github:evil/repo#{COMMIT}",
    "short-form": f"evil/repo#{COMMIT}",
    "file-inside": "file:vendor/ms.tgz",
    "file-outside": "file:../evil.tgz",
    "relative": "../../evil.tgz",
    "absolute": "/tmp/evil.tgz",
    "no-scheme": "//evil.example/x.tgz",
    "data": "data:application/gzip;base64,AAAA",
    "nothing": "",
}
ASKED = ("git-ssh", "shortcut", "file-inside", "file-outside", "foreign-host", "scp")

INTEGRITIES: Mapping[str, Any] = {
    "missing": None,
    "empty": "",
    "null": "null",
    "number": 5,
    "sha1": SHA1,
    "sha1-first": f"{SHA1} {SHA512}",
    "sha512-first": f"{SHA512} {SHA1}",
    "two-sha512": f"{SHA512} {OTHER512}",
    "junk": "sha512-x",
    "upper-case": SHA512.replace("sha512", "SHA512"),
    "sha256": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
}


def packages() -> Iterator[tuple[str, Package]]:
    """Each change by a name."""
    yield "clean", Package()
    scoped = "https://registry.npmjs.org/@s/p/-/p-1.0.0.tgz"
    plain = "https://registry.npmjs.org/p/-/p-1.0.0.tgz"
    yield "scoped", Package("@s/p", "1.0.0", scoped, wanted="^1.0.0")
    yield "scoped-escaped", Package("@s/p", "1.0.0", scoped.replace("/p/", "%2fp/"), wanted="^1.0.0")
    yield "scope-dropped", Package("@s/p", "1.0.0", plain, wanted="^1.0.0")
    yield "scoped-sha1", Package("@s/p", "1.0.0", scoped, SHA1, wanted="^1.0.0")
    evil = SOURCES["other-package"]
    yield "alias", Package(resolved=evil, wanted="npm:evil@^2.0.0", more={"name": "evil"})
    yield "alias-unasked", Package(resolved=evil, more={"name": "evil"})
    worse = evil.replace("evil", "worse")
    yield "alias-other-target", Package(resolved=worse, wanted="npm:worse@^2.0.0", more={"name": "worse"})
    for name, source in SOURCES.items():
        yield f"source-{name}", Package(resolved=source)
    for name in ASKED:
        yield f"asked-{name}", Package(resolved=SOURCES[name], wanted=SOURCES[name])
    for name, integrity in INTEGRITIES.items():
        yield f"integrity-{name}", Package(integrity=integrity)


def npm_3(package: Package) -> dict[str, str]:
    """package-lock.json of npm 7 and later."""
    document = {"name": "app", "lockfileVersion": 3, "packages": _packages(package)}
    return {"package-lock.json": json.dumps(document, indent=1), **_manifest(package)}


def npm_2(package: Package) -> dict[str, str]:
    """The same with npm 6's half."""
    document = {"name": "app", "lockfileVersion": 2, "packages": _packages(package), **_old(package)}
    return {"package-lock.json": json.dumps(document, indent=1), **_manifest(package)}


def npm_1(package: Package) -> dict[str, str]:
    """package-lock.json of npm 5 and 6."""
    document = {"name": "app", "lockfileVersion": 1, **_old(package)}
    return {"package-lock.json": json.dumps(document, indent=1), **_manifest(package)}


def _packages(package: Package) -> dict[str, Any]:
    entry: dict[str, Any] = {"version": package.version, **package.more}
    if package.resolved:
        entry["resolved"] = package.resolved
    entry |= _integrity(package)
    root = {"name": "app", "dependencies": {package.name: package.wanted}}
    return {"": root, f"node_modules/{package.name}": entry}


def _old(package: Package) -> dict[str, Any]:
    entry: dict[str, Any] = {"version": package.version}
    is_url = package.resolved.startswith("http") or ":" not in package.resolved
    if package.resolved:
        entry["resolved" if is_url else "version"] = package.resolved
    if "name" in package.more:
        entry["version"] = f"npm:{package.more['name']}@{package.version}"
    return {"dependencies": {package.name: {**entry, **_integrity(package)}}}


def _integrity(package: Package) -> dict[str, Any]:
    if package.integrity is None:
        return {}
    return {"integrity": None if package.integrity == "null" else package.integrity}


def yarn_1(package: Package) -> dict[str, str]:
    """yarn.lock of yarn 1, after a package that lets lockfile-lint read it at all."""
    lines = ["# yarn lockfile v1", "", "", "aaa@^1.0.0:", '  version "1.0.0"']
    lines += [
        '  resolved "https://registry.npmjs.org/aaa/-/aaa-1.0.0.tgz#' + COMMIT + '"',
        f"  integrity {SHA512}",
    ]
    lines += ["", f'"{package.name}@{package.wanted}":', f'  version "{package.version}"']
    if package.resolved:
        plain = package.resolved.replace("\\", "\\\\")
        lines.append(f'  resolved "{plain}"')
    if package.integrity not in (None, "null", 5):
        lines.append(f"  integrity {json.dumps(package.integrity)}")
    manifest = {"name": "app", "dependencies": {"aaa": "^1.0.0", package.name: package.wanted}}
    return {"yarn.lock": "\n".join([*lines, ""]), "package.json": json.dumps(manifest)}


def berry(package: Package) -> dict[str, str]:
    """yarn.lock of yarn 4; what is no registry's own stands in the resolution."""
    real = package.more.get("name", package.name)
    reference = package.resolved
    if package.resolved == URL or "name" in package.more or "@s/" in package.name or not reference:
        reference = f"npm:{package.version}"
    elif reference.startswith("http"):
        from urllib.parse import quote

        reference = f"npm:{package.version}::__archiveUrl={quote(reference, safe='')}"
    wanted = package.wanted if ":" in package.wanted else f"npm:{package.wanted}"
    checksum = "10c0/" + "ab" * 64 if package.integrity == SHA512 else None
    lines = ["__metadata:", "  version: 8", "  cacheKey: 10c0", ""]
    lines += ['"aaa@npm:^1.0.0":', "  version: 1.0.0", '  resolution: "aaa@npm:1.0.0"']
    lines += ["  checksum: 10c0/" + "cd" * 64, "  languageName: node", "  linkType: hard", ""]
    lines += ['"app@workspace:.":', "  version: 0.0.0-use.local", '  resolution: "app@workspace:."']
    lines += ["  dependencies:", '    aaa: "npm:^1.0.0"', f'    "{package.name}": {json.dumps(wanted)}']
    lines += ["  languageName: unknown", "  linkType: soft", ""]
    lines += [f'"{package.name}@{wanted}":', f"  version: {package.version}"]
    lines += [f"  resolution: {json.dumps(f'{real}@{reference}')}"]
    lines += [f"  checksum: {checksum}"] if checksum else []
    lines += ["  languageName: node", "  linkType: hard", ""]
    return {"yarn.lock": "\n".join(lines), **_manifest(package)}


def _manifest(package: Package) -> dict[str, str]:
    return {"package.json": json.dumps({"name": "app", "dependencies": {package.name: package.wanted}})}


FORMATS: Mapping[str, Callable[[Package], dict[str, str]]] = {
    "npm-1": npm_1,
    "npm-2": npm_2,
    "npm-3": npm_3,
    "yarn-1": yarn_1,
    "berry": berry,
}


def cases() -> Iterator[Case]:
    """Every change in every format with every set of options."""
    for format_, write in FORMATS.items():
        for name, package in packages():
            files = write(package)
            lockfile = next(iter(files))
            for flags, arguments in FLAGS.items():
                yield Case(f"{format_}/{name}/{flags}", lockfile, files, arguments)

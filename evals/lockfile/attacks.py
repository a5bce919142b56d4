"""Attacks on lockfiles, each a change of a clean one. Which package managers fall for them was tried out with real
ones: an attack is listed for a format where any version of its package manager installs what it brings.
"""

from collections.abc import Iterator, Mapping

import msgspec

from evals.lockfile.clean import CHECKSUM, CLEAN, DEBUG, EVIL, MS, MS_URL, REGISTRY

JSON_NPM = ("npm v3", "npm v2")
WITH_URLS = ("npm v3", "npm v2", "npm v1", "yarn 1")
EVIL_ENTRY = (
    f'"node_modules/evil": {{"version": "1.0.0", "resolved": "{REGISTRY}/evil/-/evil-1.0.0.tgz", '
    f'"integrity": "{EVIL}"}},\n    '
)
EVIL_URL = f"{REGISTRY}/evil/-/evil-2.1.3.tgz"

SOURCES: Mapping[str, str] = {
    "another host": "https://npm.example/ms/-/ms-2.1.3.tgz",
    "another host behind a user name": "https://registry.npmjs.org@npm.example/ms/-/ms-2.1.3.tgz",
    "another port": "https://registry.npmjs.org:8443/ms/-/ms-2.1.3.tgz",
    "a port that is none": "https://registry.npmjs.org:99999/ms/-/ms-2.1.3.tgz",
    "another package": EVIL_URL,
    "another version": f"{REGISTRY}/ms/-/ms-0.7.0.tgz",
    "another package's file": f"{REGISTRY}/ms/-/evil-2.1.3.tgz",
    "dot segments": f"{REGISTRY}/ms/../evil/-/evil-2.1.3.tgz",
    "escaped dot segments": f"{REGISTRY}/ms/%2e%2e/evil/-/evil-2.1.3.tgz",
    "an escaped slash": f"{REGISTRY}/ms/..%2fevil/-/evil-2.1.3.tgz",
    "a backslash": f"{REGISTRY}/ms/..\\\\evil/-/evil-2.1.3.tgz",
    "upper case": f"{REGISTRY}/MS/-/MS-2.1.3.tgz",
    "plain HTTP": "http://registry.npmjs.org/ms/-/ms-2.1.3.tgz",
    "git over SSH": "git+ssh://git@github.com/evil/ms.git#6f060120ad94a5fc0395559803b35dc503fc290c",
    "git in scp form": "git@github.com:evil/ms.git#6f060120ad94a5fc0395559803b35dc503fc290c",
    "git+ssh in scp form": "git+ssh://git@github.com:evil/ms.git#6f060120ad94a5fc0395559803b35dc503fc290c",
    "ssh in scp form": "ssh://git@npm.example:o/x.git",
    "GitHub's short form": "evil/ms#6f060120ad94a5fc0395559803b35dc503fc290c",
    "github:": "github:evil/ms#6f060120ad94a5fc0395559803b35dc503fc290c",
    "git+file": "git+file:///tmp/evil.git#6f060120ad94a5fc0395559803b35dc503fc290c",
    "a file: tarball": "file:docs/evil.tgz",
    "a relative path": "../../evil.tgz",
    "an absolute path": "/tmp/evil.tgz",
    "no scheme": "//npm.example/ms/-/ms-2.1.3.tgz",
}
"""What is written in the place of the address of ms."""


class Attack(msgspec.Struct, frozen=True):
    """One changed lockfile. `beside` are other files of its folder by name."""

    name: str
    format: str
    file: str
    text: str
    beside: Mapping[str, str] = {}


def attacks() -> Iterator[Attack]:
    """Every attack in every format it applies to."""
    for name, source in SOURCES.items():
        for format_ in WITH_URLS:
            yield _changed(f"source: {name}", format_, _address(format_), _written(format_, source))
        yield from _other_sources(name, source)
    yield from _integrity()
    yield from _names()
    yield from _structure()
    yield from _records()


def _address(format_: str) -> str:
    return f"{MS_URL}#574c8138ce1d2b5861f0b44579dbadd60c6615b2" if format_ == "yarn 1" else MS_URL


def _written(format_: str, source: str) -> str:
    return source.replace("\\\\", "\\") if format_ == "yarn 1" else source


def _other_sources(name: str, source: str) -> Iterator[Attack]:
    """The fields in which other formats can name an address."""
    from urllib.parse import quote

    yaml = source.replace("\\\\", "\\")
    yield _changed(
        f"source: {name}",
        "yarn berry",
        'resolution: "ms@npm:2.1.3"',
        f'resolution: "ms@npm:2.1.3::__archiveUrl={quote(yaml, safe="")}"',
    )
    for format_ in ("pnpm 5", "pnpm 6", "pnpm 9"):
        old = f"{{integrity: {MS}}}"
        yield _changed(f"source: {name}", format_, old, f"{{integrity: {MS}, tarball: '{yaml}'}}")
    yield _changed(f"source: {name}", "bun", '"ms@2.1.3", ""', f'"ms@2.1.3", "{source}"')
    yield _changed(
        f"source: {name}",
        "deno",
        f'"integrity": "{MS}"',
        f'"integrity": "{MS}", "tarball": "{source}"',
    )
    yield _changed(f"source: {name}", "vlt", f'"{MS}"\n', f'"{MS}", "{source}"\n')


def _integrity() -> Iterator[Attack]:
    weak = {
        "integrity removed": "",
        "integrity of no known kind": "sha999-YXR0YWNrZXI=",
        "integrity cut short": MS[:40],
        "two hashes of one kind": f"{MS} {EVIL}",
        "MD5": "md5-AAAAAAAAAAAAAAAAAAAAAA==",
        "the hash of another package": DEBUG,
    }
    for name, value in weak.items():
        for format_ in CLEAN:
            if format_ != "yarn berry":
                yield _changed(name, format_, MS, value if value or format_ != "yarn 1" else '""')
    yield _changed("integrity removed", "yarn berry", f"  checksum: {CHECKSUM}\n", "")
    yield _changed("integrity of no known kind", "yarn berry", CHECKSUM, "sha999-abc")
    yield _changed("integrity cut short", "yarn berry", CHECKSUM, CHECKSUM[:40])


def _names() -> Iterator[Attack]:
    name = "alias that nobody asked for"
    for format_ in JSON_NPM:
        text = CLEAN[format_][1].replace(
            '"version": "2.1.3",\n      "resolved": "' + MS_URL,
            '"name": "evil",\n      "version": "2.1.3",\n      "resolved": "' + EVIL_URL,
        )
        yield _whole(name, format_, text)
    yield _changed(
        name, "npm v1", f'"version": "2.1.3",\n      "resolved": "{MS_URL}"', '"version": "npm:evil@2.1.3"'
    )
    yield _changed(name, "yarn berry", 'resolution: "ms@npm:2.1.3"', 'resolution: "evil@npm:2.1.3"')
    pnpm9 = CLEAN["pnpm 9"][1].replace("        version: 2.1.3", "        version: evil@2.1.3")
    yield _whole(name, "pnpm 9", pnpm9 + "\n  evil@2.1.3: {}\n")
    pnpm6 = CLEAN["pnpm 6"][1].replace("    version: 2.1.3\n\n", "    version: /evil@2.1.3\n\n")
    yield _whole(
        name, "pnpm 6", f"{pnpm6}\n  /evil@2.1.3:\n    resolution: {{integrity: {EVIL}}}\n    dev: false\n"
    )
    pnpm5 = CLEAN["pnpm 5"][1].replace("  ms: 2.1.3\n\npackages", "  ms: /evil/2.1.3\n\npackages")
    yield _whole(
        name, "pnpm 5", f"{pnpm5}\n  /evil/2.1.3:\n    resolution: {{integrity: {EVIL}}}\n    dev: false\n"
    )
    yield _changed(name, "bun", '["ms@2.1.3"', '["evil@2.1.3"')
    yield _changed(name, "vlt", "prod ^2.1.1 ~npm~ms@2.1.3", "prod ^2.1.1 ~npm~debug@4.1.1")


def _structure() -> Iterator[Attack]:
    lower = "version outside of the range"
    yield _changed(lower, "yarn berry", "2.1.3", "0.7.0")
    for format_ in (
        "npm v3",
        "npm v2",
        "npm v1",
        "yarn 1",
        "bun",
        "deno",
        "vlt",
        "pnpm 5",
        "pnpm 6",
        "pnpm 9",
    ):
        yield _changed(lower, format_, "2.1.3", "0.7.0")
    yield _changed(
        "berry: another version than given",
        "yarn berry",
        'resolution: "ms@npm:2.1.3"',
        'resolution: "ms@npm:0.7.0"',
    )
    yield from _links()
    orphan = "entry that nothing depends on"
    for format_ in JSON_NPM:
        entry = EVIL_ENTRY
        yield _changed(orphan, format_, '"node_modules/ms": ', f'{entry}"node_modules/ms": ')
    yarn = f'\nevil@^1.0.0:\n  version "1.0.0"\n  resolved "{REGISTRY}/evil/-/evil-1.0.0.tgz"\n  integrity {EVIL}\n'
    yield _whole(orphan, "yarn 1", CLEAN["yarn 1"][1] + yarn)
    drift = "dependency of the project in the lockfile only"
    for format_ in JSON_NPM:
        text = CLEAN[format_][1].replace(
            '"debug": "4.1.1",\n        "ms"', '"debug": "4.1.1", "evil": "^1.0.0",\n        "ms"'
        )
        entry = EVIL_ENTRY
        yield _whole(drift, format_, text.replace('"node_modules/ms": ', f'{entry}"node_modules/ms": ', 1))
    yield _changed(
        "command node", "npm v3", '"version": "2.1.3",', '"version": "2.1.3", "bin": {"node": "index.js"},'
    )
    yield _changed(
        "command node",
        "npm v2",
        '"version": "2.1.3",\n      "resolved": "'
        + MS_URL
        + '",\n      "integrity": "'
        + MS
        + '"\n    }\n  },',
        '"version": "2.1.3", "bin": {"node": "index.js"}, "resolved": "'
        + MS_URL
        + '", "integrity": "'
        + MS
        + '"}},',
    )
    for format_ in JSON_NPM:
        yield _changed("name that leads upwards", format_, '"node_modules/ms"', '"node_modules/../../ms"')
    yield _changed("name that leads upwards", "pnpm 9", "ms@2.1.3:", "../ms@2.1.3:")
    yield _changed("name that leads upwards", "bun", '"ms": ["ms@2.1.3"', '"../../ms": ["../../ms@2.1.3"')
    twice = '"node_modules/ms": {"version": "2.1.3"},\n    "node_modules/ms": '
    for format_ in JSON_NPM:
        yield _changed("key twice", format_, '"node_modules/ms": ', twice)
    halves = CLEAN["npm v2"][1]
    at = halves.rindex(MS_URL)
    yield _whole("other half of v2 changed", "npm v2", halves[:at] + EVIL_URL + halves[at + len(MS_URL) :])


def _links() -> Iterator[Attack]:
    name = "link out of the project"
    for format_ in JSON_NPM:
        head, _, tail = CLEAN[format_][1].partition('"node_modules/ms": {')
        rest = tail[tail.index("}") :]
        yield _whole(
            name, format_, f'{head}"node_modules/ms": {{"resolved": "../../tmp/ms", "link": true{rest}'
        )
    yield _changed(name, "pnpm 9", "        version: 2.1.3", "        version: link:../../tmp/ms")
    yield _changed(name, "pnpm 6", "    version: 2.1.3\n\n", "    version: link:../../tmp/ms\n\n")
    yield _changed(name, "pnpm 5", "  ms: 2.1.3\n\npackages", "  ms: link:../../tmp/ms\n\npackages")
    yield _changed(name, "bun", f'["ms@2.1.3", "", {{}}, "{MS}"]', '["ms@file:../../tmp/ms", {}]')
    directory = "directory in the place of a package"
    for format_ in ("pnpm 5", "pnpm 6", "pnpm 9"):
        yield _changed(directory, format_, f"{{integrity: {MS}}}", "{type: directory, directory: ../gw}")
    git = "git in the place of a package"
    for format_ in ("pnpm 5", "pnpm 6", "pnpm 9"):
        commit = "6f060120ad94a5fc0395559803b35dc503fc290c"
        yield _changed(
            git,
            format_,
            f"{{integrity: {MS}}}",
            f"{{type: git, repo: https://github.com/evil/ms, commit: {commit}}}",
        )
    yield _changed(
        git,
        "yarn berry",
        '"ms@npm:2.1.3"',
        '"ms@git@github.com:evil/ms.git#commit=6f060120ad94a5fc0395559803b35dc503fc290c"',
    )
    yield _changed(
        git, "bun", f'["ms@2.1.3", "", {{}}, "{MS}"]', '["ms@github:evil/ms#6f06012", {}, "evil-ms-6f06012"]'
    )
    tarball = "tarball in the place of a package"
    yield _changed(tarball, "yarn berry", '"ms@npm:2.1.3"', '"ms@https://npm.example/ms.tgz"')
    yield _changed(tarball, "bun", '["ms@2.1.3", "", {}, ', '["ms@https://npm.example/ms.tgz", {}, ')
    local = "local tarball in the place of a package"
    yield _changed(
        local,
        "yarn berry",
        '"ms@npm:2.1.3"',
        '"ms@file:./evil.tgz#./evil.tgz::hash=882990&locator=root%40workspace%3A."',
    )
    yield _changed(local, "bun", '["ms@2.1.3", "", {}, ', '["ms@./evil.tgz", {}, ')


def _records() -> Iterator[Attack]:
    """What only a second record of the same release gives away."""
    for name, old, new in (
        (
            "dependency added to a package",
            '"dependencies": {\n        "ms": "^2.1.1"\n      }',
            '"dependencies": {"evil": "^1.0.0", "ms": "^2.1.1"}',
        ),
        ("install script claimed", '"version": "2.1.3",', '"version": "2.1.3", "hasInstallScript": true,'),
    ):
        text = CLEAN["npm v3"][1]
        assert old in text, name
        entry = EVIL_ENTRY
        changed = text.replace(old, new, 1)
        if "evil" in new:
            changed = changed.replace('"node_modules/ms": ', f'{entry}"node_modules/ms": ', 1)
        yield Attack(name, "npm v3", "package-lock.json", changed, {"node_modules/.package-lock.json": text})
    yield Attack(
        "shrinkwrap that says something else",
        "npm v3",
        "package-lock.json",
        CLEAN["npm v3"][1],
        {"npm-shrinkwrap.json": CLEAN["npm v3"][1].replace("2.1.3", "2.1.2")},
    )
    trusted = '  "trustedDependencies": ["ms"],\n  "packages": {'
    yield _changed("trusted to run scripts by the lockfile only", "bun", '  "packages": {', trusted)
    yield _changed(
        "redirect to another host",
        "deno",
        '"version": "5",',
        '"version": "5", "redirects": {"https://deno.land/x/a.ts": "https://npm.example/a.ts"},',
    )


def _changed(name: str, format_: str, old: str, new: str) -> Attack:
    file, text = CLEAN[format_]
    if old not in text:
        raise ValueError(f"{name}: {format_} does not hold {old!r}")
    return Attack(name, format_, file, text.replace(old, new))


def _whole(name: str, format_: str, text: str) -> Attack:
    file, clean = CLEAN[format_]
    if text == clean:
        raise ValueError(f"{name}: {format_} is unchanged")
    return Attack(name, format_, file, text)

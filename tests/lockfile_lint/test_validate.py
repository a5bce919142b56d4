"""The validators on lockfiles with one change each, without the original beside them."""

import json
from pathlib import Path

import pytest

from tests.lockfile_lint.cases import FORMATS, INTEGRITIES, SOURCES, URL, Package
from tests.lockfile_lint.test_command import said, write

SAME_PLACE = {"port-of-scheme", "upper-case", "nothing"}
"""Sources that are the package's own, however they are written."""

PNPM = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      ms:
        specifier: ^2.1.1
        version: 2.1.3

packages:

  ms@2.1.3:
    resolution: {integrity: %s%s}

snapshots:

  ms@2.1.3: {}
"""


def judged(folder: Path, files: dict[str, str], line: str) -> tuple[int, str]:
    write(folder, files)
    done = said(folder, f"-p {next(iter(files))} {line}")
    return done.code, done.err


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_but_the_own_is_found(tmp_path: Path, format_: str, source: str) -> None:
    files = FORMATS[format_](Package(resolved=SOURCES[source]))
    code, err = judged(tmp_path, files, "-s -a npm -n -i")
    assert code == (0 if source in SAME_PLACE else 1), err


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "berry"])
@pytest.mark.parametrize("integrity", INTEGRITIES)
def test_every_integrity_but_a_whole_sha512_is_found(tmp_path: Path, format_: str, integrity: str) -> None:
    files = FORMATS[format_](Package(integrity=INTEGRITIES[integrity]))
    assert judged(tmp_path, files, "-i")[0] == 1
    assert judged(tmp_path, files, "-i --integrity-exclude ms")[0] == 0
    assert judged(tmp_path, files, "-s -a npm -n")[0] == 0


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_allowed_is_fine(tmp_path: Path, format_: str) -> None:
    foreign = FORMATS[format_](Package(resolved=SOURCES["foreign-host"]))
    assert judged(tmp_path, foreign, "-a npm evil.example -n")[0] == 0
    assert judged(tmp_path, foreign, "-a https://evil.example/some/path npm")[0] == 0
    assert judged(tmp_path, foreign, f"-a npm -u {SOURCES['foreign-host']}")[0] == 0
    http = FORMATS[format_](Package(resolved=SOURCES["http"]))
    assert judged(tmp_path, http, f"-s -a npm -u {SOURCES['http']}")[0] == 1
    own = "" if format_ == "berry" else URL.replace("ms", "aaa", 2) if format_ == "yarn-1" else URL
    assert (
        judged(tmp_path, FORMATS[format_](Package()), f"-o https: npm: workspace: {own and '-a npm'}")[0] == 0
    )


@pytest.mark.parametrize("format_", ["npm-1", "npm-2", "npm-3", "yarn-1"])
def test_an_alias_is_allowed_with_its_target(tmp_path: Path, format_: str) -> None:
    evil = SOURCES["other-package"]
    files = FORMATS[format_](Package(resolved=evil, wanted="npm:evil@^2.0.0", more={"name": "evil"}))
    assert judged(tmp_path, files, "-a npm -n")[0] == 1
    assert judged(tmp_path, files, "-a npm -n -l ms:evil")[0] == 0
    assert judged(tmp_path, files, "-a npm -n -l ms")[0] == 0
    assert judged(tmp_path, files, "-a npm -n -l ms:other")[0] == 1


ASKED = [
    ("file-inside", "-a npm", 0, 1),
    ("file-outside", "-a npm", 0, 1),
    ("shortcut", "-a npm", 0, 1),
    ("shortcut", "-a npm github.com", 0, 1),
    ("scp", "-a npm", 0, 1),
    ("scp", "-a npm github.com", 0, 0),
    ("git-ssh", "-a npm", 1, 1),
    ("git-ssh", "-a npm github.com", 0, 0),
]
"""A source that the project asks for: the codes with these options, as they are and with -e false."""


@pytest.mark.parametrize("format_", ["npm-1", "npm-2", "npm-3", "yarn-1"])
@pytest.mark.parametrize(("source", "line", "code", "strict"), ASKED)
def test_a_source_without_a_host_must_be_asked_for(
    tmp_path: Path, format_: str, source: str, line: str, code: int, strict: int
) -> None:
    files = FORMATS[format_](Package(resolved=SOURCES[source], wanted=SOURCES[source]))
    assert judged(tmp_path, files, line)[0] == code
    assert judged(tmp_path, files, f"{line} -e false")[0] == strict


def test_pnpm(tmp_path: Path) -> None:
    sha512 = Package().integrity
    clean = {"pnpm-lock.yaml": PNPM % (sha512, "")}
    assert judged(tmp_path, clean, "-s -a npm -n -i -e false")[0] == 0
    foreign = {"pnpm-lock.yaml": PNPM % (sha512, ", tarball: https://evil.example/ms-2.1.3.tgz")}
    assert "actual: evil.example" in judged(tmp_path, foreign, "-a npm")[1]
    assert judged(tmp_path, {"pnpm-lock.yaml": PNPM % ("sha1-x", "")}, "-i")[0] == 1
    assert "the configured registry" in judged(tmp_path, clean, f"-u {URL}")[1]


@pytest.mark.parametrize("key", ["resolved", "version"])
@pytest.mark.parametrize("place", ["packages/w", "node_modules/w", "node_modules/x/node_modules/w"])
@pytest.mark.parametrize("kind", [{}, {"link": True}, {"inBundle": True}])
def test_an_address_is_looked_at_wherever_it_stands(
    tmp_path: Path, key: str, place: str, kind: dict[str, bool]
) -> None:
    entry = {"version": "1.0.0", **kind, key: "http://evil.example/w/-/w-1.0.0.tgz"}
    x = {"version": "1.0.0", "resolved": URL.replace("ms", "x"), "integrity": Package().integrity}
    packages = {"": {"workspaces": ["packages/*"]}, place: entry, "node_modules/x": x}
    files = {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": packages})}
    assert "actual: evil.example" in judged(tmp_path, files, "-a npm")[1]
    assert "actual: http:" in judged(tmp_path, files, "-s")[1]
    assert "actual: http:" in judged(tmp_path, files, "-o https:")[1]


def test_an_entry_of_several_names_is_left_out_by_all_of_them(tmp_path: Path) -> None:
    lines = [
        '"ms@^2.1.1, mz@npm:ms@^2.1.1":',
        '  version "2.1.3"',
        f'  resolved "{URL}"',
        "  integrity sha1-x",
        "",
    ]
    files = {"yarn.lock": "\n".join(["# yarn lockfile v1", "", *lines])}
    assert judged(tmp_path, files, "-i --integrity-exclude ms")[0] == 1
    assert judged(tmp_path, files, "-i --integrity-exclude ms mz")[0] == 0


def test_both_sources_of_an_old_entry_are_looked_at(tmp_path: Path) -> None:
    inner = {"version": URL, "resolved": "https://evil.example/ms/-/ms-2.1.3.tgz"}
    x = {"version": "2.1.3", "resolved": URL.replace("ms", "x"), "dependencies": {"ms": inner}}
    files = {"package-lock.json": json.dumps({"lockfileVersion": 1, "dependencies": {"x": x}})}
    code, err = judged(tmp_path, files, "-a npm -s -n")
    assert (code, err.count("actual: "), "actual: evil.example" in err) == (1, 1, True)
    del inner["resolved"]
    files = {"package-lock.json": json.dumps({"lockfileVersion": 1, "dependencies": {"x": x}})}
    assert judged(tmp_path, files, "-a npm -s -n")[0] == 0


def test_an_unasked_alias_without_an_address(tmp_path: Path) -> None:
    files = FORMATS["npm-3"](Package(resolved="", more={"name": "evil"}))
    code, err = judged(tmp_path, files, "-a npm -n")
    assert (code, "different package under the name of package: ms" in err) == (1, True)
    assert judged(tmp_path, files, "-a npm -n -l ms:evil")[0] == 0

"""`forecheck lockfile-lint`, from the arguments to the exit code."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.cli.main import run
from forecheck.cli.ports import Ports
from tests.lockfile_lint.cases import SHA512, URL, Package, npm_1, npm_2, npm_3, yarn_1

CLEAN = npm_3(Package())["package-lock.json"]
BAD = npm_3(Package(resolved="https://evil.example/ms/-/ms-2.1.3.tgz"))["package-lock.json"]


class Said:
    """What a run came to."""

    def __init__(self, folder: Path, line: str, env: Mapping[str, str]) -> None:
        out, err = io.StringIO(), io.StringIO()
        home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "none"), **env}
        ports = Ports(io.StringIO(), out, err, home, str(folder), lambda: datetime(2026, 6, 14, tzinfo=UTC))
        self.code = run(["lockfile-lint", *line.split()], ports)
        self.out, self.err = out.getvalue(), err.getvalue()


def said(folder: Path, line: str, **env: str) -> Said:
    return Said(folder, line, env)


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_clean(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": CLEAN})
    done = said(tmp_path, "-p package-lock.json -s -a npm -n -i")
    assert (done.code, done.out, done.err) == (0, "✔ No issues detected (1 file, 1 package)\n", "")


def test_a_finding_has_the_shape_of_lockfile_lint_and_a_place(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": BAD})
    done = said(tmp_path, "-p package-lock.json -a npm -n")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "invalid host of package: ms@2.1.3",
        "    expected: registry.npmjs.org",
        "    actual: evil.example",
        "    at: package-lock.json:11:3",
        "",
        "✖ Error: security issues detected! (1 problem in 1 of 1 file)",
    ]


def test_plain_has_no_symbols(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": BAD, "clean/package-lock.json": CLEAN})
    assert said(tmp_path, "-p package-lock.json -a npm -f plain").err.splitlines()[-1].startswith("Error: ")
    assert said(tmp_path, "-p clean -a npm --format=plain").out.startswith("No issues detected")


def test_every_file_is_looked_at_and_every_problem_named_once(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}/package-lock.json": BAD for name in "abc"} | {"d/package-lock.json": CLEAN})
    done = said(tmp_path, "-p **/package-lock.json -a npm -s")
    assert done.code == 1
    assert done.err.count("invalid host of package: ms@2.1.3") == 3
    assert done.err.endswith("(3 problems in 3 of 4 files)\n")
    assert done.out.count("scanning: ") == 4
    assert done.out.count("No issues detected") == 1


def test_what_no_validator_was_asked_for_goes_by_the_default_rules(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": BAD, "clean/package-lock.json": CLEAN})
    done = said(tmp_path, "-p package-lock.json")
    assert done.code == 1
    assert "lock-host: ms@2.1.3 comes from evil.example" in done.err
    assert "no validator was asked for" in done.err
    clean = said(tmp_path, "-p clean/package-lock.json")
    assert (clean.code, clean.out) == (0, "✔ No issues detected (1 file, 1 package)\n")


def test_warnings_of_the_default_rules_are_told(tmp_path: Path) -> None:
    http = npm_3(Package(resolved=URL.replace("https:", "http:")))
    write(tmp_path, {**http, "clean/package-lock.json": CLEAN})
    done = said(tmp_path, "-p **/package-lock.json")
    assert done.code == 0
    assert "⚠ lock-scheme: ms@2.1.3 is fetched over http:" in done.err
    assert done.out.count("No issues detected") == 1
    assert "Nothing but 1 warning (2 files, 2 packages)" in done.out


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("-p nope.json -s", 4, "nope.json: does not exist"),
        ("-p **/yarn.lock -s", 4, "**/yarn.lock: there is no lockfile"),
        ("-p {a,b}/yarn.lock -s", 4, "leads to no lockfile"),
        ("-p (group)/package-lock.json -s", 4, "does not exist"),
        ("-p package-lock.json -p nope.json -s", 4, "nope.json: does not exist"),
        ("-p package-lock.json !package-lock.json -s", 2, "belongs to no option"),
        ("-p package-lock.json -p !*.json -s", 4, "left out again"),
        ("-s", 2, "--path is missing"),
        ("-p !x -s", 4, "left out again"),
        ("package-lock.json -s", 2, "belongs to no option"),
        ("-p package-lock.json --validate-htttps", 2, "did you mean --validate-https?"),
        ("-p package-lock.json -t cargo -s", 2, "is not known"),
        ("-p empty/package-lock.json -s", 4, "nothing to examine"),
    ],
)
def test_where_lockfile_lint_is_silent_this_is_not(
    tmp_path: Path, line: str, code: int, message: str
) -> None:
    empty = json.dumps({"lockfileVersion": 3, "packages": {"": {}}})
    write(tmp_path, {"package-lock.json": CLEAN, "empty/package-lock.json": empty})
    done = said(tmp_path, line)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("text", ["{}", "[]", "", '{"lockfileVersion": 99}', "{", '{"packages": 5}', "null"])
def test_what_holds_nothing_is_not_clean(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"package-lock.json": text})
    assert said(tmp_path, "-p package-lock.json -s -a npm -i").code in (1, 4)


def test_no_packages_where_the_project_depends_on_some(tmp_path: Path) -> None:
    files = npm_3(Package())
    write(
        tmp_path,
        {
            **files,
            "a/package-lock.json": CLEAN,
            "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        },
    )
    done = said(tmp_path, "-p **/package-lock.json -s")
    assert done.code == 1
    assert "holds no packages, though the project depends on some" in done.err


def test_paths_with_signs_are_paths_when_they_are_there(tmp_path: Path) -> None:
    for name in ("(group)", "[id]", "{x,y}", "!important", "a\\b"):
        write(tmp_path, {f"{name}/package-lock.json": CLEAN})
        assert said(tmp_path, f"-p {name}/package-lock.json -s").code == 0


def test_braces_and_what_is_left_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a/package-lock.json": CLEAN,
            "b/yarn.lock": yarn_1(Package())["yarn.lock"],
            "c/package-lock.json": BAD,
        },
    )
    both = said(tmp_path, "-p {a,b,none}/{package-lock.json,yarn.lock} -a npm")
    assert (both.code, "2 files" in both.out) == (0, True)
    assert said(tmp_path, "-p **/package-lock.json -a npm").code == 1
    assert said(tmp_path, "-p **/package-lock.json -p !c/** -a npm").code == 0


def test_the_type_goes_before_the_name(tmp_path: Path) -> None:
    write(
        tmp_path, {"locked.txt": CLEAN, "npm-shrinkwrap.json": CLEAN, "y.txt": yarn_1(Package())["yarn.lock"]}
    )
    assert said(tmp_path, "-p locked.txt -t npmjs -s").code == 0
    assert said(tmp_path, "-p npm-shrinkwrap.json -s").code == 0
    assert said(tmp_path, "-p y.txt -t yarn -s").code == 0
    wrong = said(tmp_path, "-p y.txt -t npm -s")
    assert (wrong.code, "is no lockfile" in wrong.err) == (1, True)


def test_help_and_version_go_on_where_there_is_something_to_do(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": BAD})
    alone = said(tmp_path, "-h")
    assert (alone.code, "--allowed-package-name-aliases" in alone.out) == (0, True)
    assert said(tmp_path, "--version").out.strip().replace(".", "").isalnum()
    both = said(tmp_path, "-h -p package-lock.json -a npm")
    assert (both.code, "usage:" in both.out) == (1, True)


CONFIGURATION = {"path": "package-lock.json", "allowedHosts": ["npm"], "validateHttps": True}
YAML = "path: package-lock.json\nallowed-hosts: [npm]\ns: true\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", json.dumps({"lockfile-lint": CONFIGURATION})),
        (".lockfile-lintrc", json.dumps(CONFIGURATION)),
        (".lockfile-lintrc", YAML),
        (".lockfile-lintrc.json", json.dumps(CONFIGURATION)),
        (".lockfile-lintrc.yaml", YAML),
        (".lockfile-lintrc.yml", YAML),
    ],
)
def test_configuration_files(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {"package-lock.json": BAD, name: text})
    done = said(tmp_path, "")
    assert done.code == 1
    assert "actual: evil.example" in done.err
    assert said(tmp_path, "-a evil.example").code == 0


def test_the_first_configuration_counts_and_only_of_this_folder(tmp_path: Path) -> None:
    allow = json.dumps({**CONFIGURATION, "allowedHosts": ["evil.example"]})
    write(
        tmp_path,
        {
            "package-lock.json": BAD,
            "package.json": "{}",
            ".lockfile-lintrc": "",
            ".lockfile-lintrc.json": allow,
        },
    )
    write(tmp_path, {".lockfile-lintrc.yml": YAML, "lockfile-lint.config.js": "process.exit(0)"})
    assert said(tmp_path, "").code == 0
    write(tmp_path, {"package.json": json.dumps({"lockfile-lint": CONFIGURATION})})
    assert said(tmp_path, "").code == 1
    (tmp_path / "below").mkdir()
    assert said(tmp_path / "below", "").code == 2


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (".lockfile-lintrc.json", "{", "cannot be read"),
        (".lockfile-lintrc.yaml", "a: [", "cannot be read"),
        (".lockfile-lintrc", "- a", "holds no object"),
        (".lockfile-lintrc", "a: &a [*a]", "must be a list of texts"),
        (".lockfile-lintrc.yml", "!!python/object/apply:os.system [x]", "cannot be read"),
        (".lockfile-lintrc.json", '{"validateHttp": true}', "did you mean validate-https?"),
        ("package.json", "{", "cannot be read"),
        ("package.json", '{"lockfile-lint": []}', "holds no object"),
        (".lockfile-lintrc.js", "module.exports = {}", "runs none"),
        (".lockfile-lintrc.cjs", "module.exports = {}", "runs none"),
        ("lockfile-lint.config.js", "module.exports = {}", "runs none"),
        ("lockfile-lint.config.mjs", "export default {}", "runs none"),
    ],
)
def test_a_configuration_that_cannot_be_used_stops_the_run(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    write(tmp_path, {"package-lock.json": CLEAN, name: text})
    done = said(tmp_path, "-p package-lock.json -s")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_both_halves_of_a_file_count(tmp_path: Path) -> None:
    tampered = json.loads(npm_2(Package())["package-lock.json"])
    tampered["dependencies"]["ms"]["resolved"] = "https://evil.example/ms/-/ms-2.1.3.tgz"
    write(tmp_path, {"package-lock.json": json.dumps(tampered)})
    done = said(tmp_path, "-p package-lock.json -a npm")
    assert (done.code, "halves that disagree" in done.err) == (1, True)


def test_nested_copies_are_told_apart(tmp_path: Path) -> None:
    document = json.loads(BAD)
    document["packages"]["node_modules/a"] = {
        "version": "1.0.0",
        "resolved": URL.replace("ms", "a"),
        "integrity": SHA512,
    }
    document["packages"]["node_modules/a/node_modules/ms"] = document["packages"]["node_modules/ms"]
    write(tmp_path, {"package-lock.json": json.dumps(document)})
    done = said(tmp_path, "-p package-lock.json -a npm")
    assert done.err.count("invalid host of package: ms@2.1.3") == 2
    assert "(node_modules/a/node_modules/ms)" in done.err


def test_folders_of_the_project_need_no_host(tmp_path: Path) -> None:
    packages: dict[str, dict[str, object]] = {
        "": {"workspaces": ["packages/*"], "dependencies": {"w": "*"}},
        "node_modules/w": {"resolved": "packages/w", "link": True},
        "packages/w": {"version": "1.0.0"},
    }
    write(tmp_path, {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": packages})})
    line = "-p package-lock.json -a npm -e false -s -n -i"
    assert said(tmp_path, line).code == 0
    packages["node_modules/w"]["resolved"] = "../../etc/w"
    write(tmp_path, {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": packages})})
    assert "invalid link" in said(tmp_path, line).err


def test_what_a_package_says_is_escaped(tmp_path: Path) -> None:
    write(tmp_path, npm_1(Package(name="ms\u001b[31m", resolved="https://evil.example/\u202ex.tgz")))
    done = said(tmp_path, "-p package-lock.json -a npm -u x")
    assert done.code == 1
    assert not {"\x1b", "\u202e"} & set(done.err)


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": CLEAN})
    assert "\x1b" not in said(tmp_path, "-p package-lock.json -s").out


@settings(max_examples=60)
@given(
    st.binary(max_size=200)
    | st.sampled_from([CLEAN, BAD]).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda end: text[:end].encode())
    )
)
def test_any_file_gives_an_answer(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "package-lock.json").write_bytes(data)
    whole = data in (CLEAN.encode(), BAD.encode())
    assert said(folder, "-p package-lock.json -s -a npm evil.example -n -i").code in (
        (0,) if whole else (1, 4)
    )

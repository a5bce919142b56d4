import contextlib
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.localpath import Platform
from forecheck.npm.spec import InvalidSpec, Spec, SpecType, parse, resolve
from tests.npm.real_npm import ask
from tests.npm.recorded import HOSTILE, recorded

HOME = "/root"
FIELDS = {
    "type": "type",
    "registry": "registry",
    "raw": "raw",
    "name": "name",
    "escapedName": "escaped_name",
    "scope": "scope",
    "rawSpec": "raw_spec",
    "saveSpec": "save_spec",
    "fetchSpec": "fetch_spec",
    "gitRange": "git_range",
    "gitCommittish": "git_committish",
    "gitSubdir": "git_subdir",
}
NAMES = [
    "foo",
    "@s/foo",
    "Foo",
    "_x",
    ".x",
    "@s",
    "foo bar",
    "a/b",
    "-g",
    "node_modules",
    "é",
    "@s%2fx",
    "foo.tgz",
    "git",
    "C:",
]
SPECS = [
    "1.2.3", "^1", "latest", "*", "", "x", "1 || 2", ">=1 <2", "v1", "=1.2.3", "01.2.3", "1.2.3beta", "next/11", "a b", "!", "~", " 1.2.3 ", "1.2.3\n",
    "./x", "../../x.tgz", "/abs", "~/x", "~x", "~", "file:x", "file:/x", "file://x", "file:///x", "file:////x", "file:~/x", "file:/~/x", "file:", "FILE:x",
    "file:/./x", "file:/../x", "file:////../x", "C:\\x", "C:/x", "c:x", "file:C:/x", "./a%2fb", "./a#b?c", "./a\tb", "./é", "./[x]", "./x\x01", "a//b/./c/../d/",
    "u/r", "u/r#main", "github:u/r", "gitlab:g/s/r#v1", "gist:abc", "git@github.com:u/r.git#semver:^1", "git+ssh://git@e.com:u/r.git", "git+ssh://git@e.com:22/u/r",
    "git+ssh://e.com:u#a\nb", "git@e.com:u/r#x", "git://e.com/r.git", "git+https://u:p@e.com/r.git#x::path:a/b", "git+file:///x/y", "git+rsync://e/x", "git+foo://e/x",
    "http://e.com/x.tgz", "https://github.com/u/r", "https://github.com/u/r/tree", "https://github.com/u/r/archive/x.tgz", "ftp://e/x", "http://[::1", "http://",
    "npm:foo@1", "npm:foo", "npm:", "NPM:@s/x@^1", "npm:a@npm:b", "npm:./x", "workspace:*", "link:../x", "jsr:@s/x", "u/r#semver:%zz", "u/r#semver:%5E1",
    "u/r#a::b", "u/r#semver:1::b", "u/r#path:a::path:b", "u/r#x:y", "u/r#semver:1:2", "u/r#::", "foo#a/b", "git+ssh:/x", "x@y.z:1", "u@a.b:c",
]  # fmt: skip


def shown(spec: Spec) -> dict[str, Any]:
    found = {theirs: getattr(spec, ours) for theirs, ours in FIELDS.items()}
    return found | {"toString": str(spec), "subSpec": None if spec.sub_spec is None else shown(spec.sub_spec)}


def ours(case: dict[str, Any], **options: Any) -> tuple[dict[str, Any] | None, str | None]:
    try:
        if "name" in case:
            return shown(resolve(case["name"], case["spec"] or "", case["where"], **options)), None
        return shown(parse(case["arg"], case["where"], **options)), None
    except InvalidSpec as invalid:
        return None, invalid.code


def expected(theirs: dict[str, Any]) -> dict[str, Any]:
    found = {name: theirs.get(name) for name in FIELDS}
    found["registry"] = bool(theirs.get("registry"))
    return found | {
        "toString": theirs["toString"],
        "subSpec": expected(theirs["subSpec"]) if theirs.get("subSpec") else None,
    }


def test_every_recorded_spec() -> None:
    cases, wrong = recorded("npa-cases")["cases"], []
    for case in cases:
        found, code = ours(case, home=HOME)
        if "error" in case:
            if found is not None or code != case["error"].get("code"):
                wrong.append((case, found, code))
            continue
        theirs = expected(case["ok"])
        if case.get("spec", "") is None:  # JavaScript's null, which npm writes into the raw text
            theirs["raw"] = "foo@"
        if found != theirs:
            wrong.append((case, found, code))
    assert len(cases) == 263
    assert wrong == []


def test_hosts_of_recorded_specs() -> None:
    asked, wrong = 0, []
    for case in recorded("npa-cases")["cases"]:
        theirs = case.get("ok", {}).get("hosted")
        if theirs is None:
            continue
        asked += 1
        spec = (
            parse(case["arg"], case["where"])
            if "arg" in case
            else resolve(case["name"], case["spec"], case["where"])
        )
        assert spec.hosted is not None
        found = spec.hosted
        got = (
            found.host,
            found.host.domain,
            found.user,
            found.project,
            found.committish,
            found.tarball_url(),
        )
        tarball = theirs["tarball"] if theirs["project"] else None
        if got != (
            theirs["type"],
            theirs["domain"],
            theirs["user"],
            theirs["project"],
            theirs["committish"],
            tarball,
        ):
            wrong.append((case, got))
    assert asked > 40
    assert wrong == []


def test_every_recorded_windows_spec() -> None:
    wrong = []
    for case in recorded("windows-specs")["cases"]:
        found, code = ours(case, platform="windows", home=r"C:\Users\u")
        theirs = case.get("ok")
        if theirs is not None and case["arg"] in NEEDS_A_DRIVE:
            theirs["saveSpec"] = theirs["saveSpec"].replace("file:/", f"file:{case['where'][0]}:/")
        got = (
            None
            if found is None
            else {name: found[name] for name in ("type", "name", "rawSpec", "saveSpec", "fetchSpec")}
        )
        if got != theirs or code != case.get("error"):
            wrong.append((case, got, code))
    assert wrong == []


NEEDS_A_DRIVE = {"\\\\srv\\share\\x"}
"""Where npm takes the drive of its working folder, which it had not when the answers were recorded."""


def test_agrees_with_the_installed_npm() -> None:
    source = random.Random(20260502)
    cases = []
    for _ in range(3000):
        spec = source.choice(SPECS)
        if spec and source.random() < 0.2:
            at = source.randrange(len(spec) + 1)
            spec = spec[:at] + source.choice([*"/\\.:@#% +?-", "//", "\n"]) + spec[at:]
        if source.random() < 0.3:
            cases.append({"name": source.choice(NAMES), "spec": spec, "where": "/proj"})
        else:
            cases.append({"arg": source.choice([spec, f"{source.choice(NAMES)}@{spec}"]), "where": "/a b/c"})
    script = """
        const npa = require(npm + '/node_modules/npm-package-arg');
        require('os').homedir = () => '/root';
        const fields = 'type raw name escapedName scope rawSpec saveSpec fetchSpec gitRange gitCommittish gitSubdir'.split(' ');
        const show = r => r && ({...Object.fromEntries(fields.map(f => [f, r[f] === undefined || f.startsWith('git') && r[f] === ''
            ? null : r[f]])), registry: !!r.registry, toString: r.toString(), subSpec: show(r.subSpec) ?? null});
        answer = question.map(c => {
            try { return show(c.name ? npa.resolve(c.name, c.spec, c.where) : npa(c.arg, c.where)) }
            catch (error) { return {code: error.code ?? null} }
        })
    """
    answers = ask(script, cases, env={"HOME": HOME, "PATH": "/usr/bin:/bin"})
    wrong = []
    for case, theirs in zip(cases, answers, strict=True):
        found, code = ours(case, home=HOME)
        nested = (
            "npm:" in case.get("arg", case.get("spec", ""))[4:]
        )  # npm reads the innermost first, and says why not
        if (found or {"code": code}) != theirs and not (nested and found is None and "code" in theirs):
            wrong.append((case, found, code, theirs))
    assert wrong == []


class TestHome:
    def test_is_left_as_it_is_where_unknown(self) -> None:
        found = parse("~/x")
        assert (found.type, found.fetch_spec, found.save_spec) == (SpecType.DIRECTORY, "~/x", "file:~/x")

    def test_is_filled_in_where_known(self) -> None:
        found = parse("~/y.tgz", home="/home/u")
        assert (found.type, found.fetch_spec, found.save_spec) == (
            SpecType.FILE,
            "/home/u/y.tgz",
            "file:~/y.tgz",
        )


@given(
    st.text() | st.lists(st.sampled_from([*SPECS, *NAMES, "@", "/", "#", "\ud800"]), max_size=4).map("".join),
    st.sampled_from(["posix", "windows"]),
)
def test_any_text_is_a_spec_or_refused(text: str, platform: Platform) -> None:
    where = "/proj" if platform == "posix" else r"C:\proj"
    found = []
    with contextlib.suppress(InvalidSpec):
        found.append(parse(text, where, platform=platform))
    with contextlib.suppress(InvalidSpec):
        found.append(resolve("foo", text, where, platform=platform))
    for spec in found:
        assert str(spec) or not text
        assert spec.registry == (
            spec.type in {SpecType.VERSION, SpecType.RANGE, SpecType.TAG, SpecType.ALIAS}
        )
        assert (spec.sub_spec is not None) == (spec.type is SpecType.ALIAS)
        assert spec.fetch_spec is not None or spec.hosted is not None or spec.type is SpecType.ALIAS


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    places: list[tuple[Platform, str]] = [("posix", "/proj"), ("windows", r"C:\proj")]
    for arg in (text, f"foo@{text}", f"npm:{text}", f"file:{text}"):
        for platform, where in places:
            with contextlib.suppress(InvalidSpec):
                parse(arg, where, platform=platform)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("foo@\x1b[31mred", "EINVALIDTAGNAME"),
        ("\x1b[31mred@1", "EINVALIDPACKAGENAME"),
        ("workspace:\x1b[31m", "EUNSUPPORTEDPROTOCOL"),
        ("https://\x1b[31m/", "ERR_INVALID_URL"),
        ("npm:npm:\x1b[31m", None),
        ("u/r#a::\x1b[31m", None),
    ],
)
def test_messages_do_not_repeat_the_text(text: str, code: str | None) -> None:
    with pytest.raises(InvalidSpec) as refused:
        parse(text)
    assert refused.value.code == code
    assert str(refused.value).isprintable()
    assert str(refused.value)

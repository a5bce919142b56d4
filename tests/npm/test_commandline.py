"""What a command line asks of npm, without node."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.actions import action_of
from forecheck.npm.command_names import COMMANDS
from forecheck.npm.commandline import Action, Invocation, classify, classify_npx
from forecheck.npm.options import NEWEST_KNOWN, OPTIONS, SHORTHANDS

NPM_10, NPM_11, NPM_12 = NEWEST_KNOWN[10], NEWEST_KNOWN[11], NEWEST_KNOWN[12]


def read(line: str, **env: str) -> Invocation:
    return classify(shlex.split(line), env)


# One line for each way past an alias or wrapper that looks at argv more simply than npm does.
BYPASSES = {
    "--prefix D install evil": Action.INSTALL,
    "-C D install evil": Action.INSTALL,
    "-w ws install evil": Action.INSTALL,
    "-ws install evil": Action.INSTALL,
    "--loglevel silent install evil": Action.INSTALL,
    "--registry http://x/ i evil": Action.INSTALL,
    "-g i evil": Action.INSTALL,
    "-Dg i evil": Action.INSTALL,
    "-- install evil": Action.INSTALL,
    "-- i -- evil": Action.INSTALL,
    "--json=install evil": Action.INSTALL,
    "--dry-run=i evil": Action.INSTALL,
    "--=install evil": Action.INSTALL,
    "--=-g --=i evil": Action.INSTALL,
    "-d=i evil": Action.INSTALL,
    "--tag=--json i evil": Action.INSTALL,
    "--browser view i evil": Action.INSTALL,
    "--otp view i evil": Action.INSTALL,
    "--unknown install evil": Action.INSTALL,
    "--unknown=view install evil": Action.INSTALL,
    "--version=false install evil": Action.INSTALL,
    "--no-version install evil": Action.INSTALL,
    "-v false install evil": Action.INSTALL,
    "--help=false install evil": Action.INSTALL,
    "--no-help install evil": Action.INSTALL,
    "--help --no-usage i evil": Action.INSTALL,
    "instal evil": Action.INSTALL,
    "isntall evil": Action.INSTALL,
    "add evil": Action.INSTALL,
    "installTest evil": Action.INSTALL_TEST,
    "install-t evil": Action.INSTALL_TEST,
    "it evil": Action.INSTALL_TEST,
    "ci": Action.CI,
    "cleanInstall": Action.CI,
    "install-cl": Action.CI,
    "ic": Action.CI,
    "cit": Action.INSTALL_CI_TEST,
    "sit": Action.INSTALL_CI_TEST,
    "clean-install-test": Action.INSTALL_CI_TEST,
    "update": Action.UPDATE,
    "up evil": Action.UPDATE,
    "upgr": Action.UPDATE,
    "udpate": Action.UPDATE,
    "dedupe": Action.DEDUPE,
    "ddp": Action.DEDUPE,
    "find-dupes": Action.DEDUPE,
    "audit fix": Action.AUDIT_FIX,
    "audit --force fix": Action.AUDIT_FIX,
    "audit -- fix": Action.AUDIT_FIX,
    "link evil": Action.LINK,
    "ln": Action.LINK,
    "rebuild": Action.REBUILD,
    "rb evil": Action.REBUILD,
    "edit evil": Action.REBUILD,
    "exec evil": Action.EXEC,
    "x -y evil": Action.EXEC,
    "exec -c evil": Action.EXEC,
    "init evil": Action.INIT,
    "create evil": Action.INIT,
    "innit -y evil": Action.INIT,
    "un foo": Action.UNINSTALL,
    "unlink foo": Action.UNINSTALL,
    "prune": Action.PRUNE,
    "pack evil": Action.FETCH,
    "pack evil.tgz": Action.FETCH,
    "pack ./evil.tgz": Action.FETCH,
    "pack . evil": Action.FETCH,
    "cache add evil": Action.FETCH,
    "diff --diff=evil@1 --diff=evil@2": Action.FETCH,
    "diff --tag git+https://example.org/evil": Action.FETCH,
    "publish github:user/evil": Action.FETCH,
    "stage publish https://example.org/evil.tgz": Action.FETCH,
    "view github:user/evil#0123456789012345678901234567890123456789": Action.FETCH,
    "view .@github:user/evil": Action.FETCH,
    "info user/evil": Action.FETCH,
    "docs git+ssh://git@example.org/evil": Action.FETCH,
    "repo ok user/evil": Action.FETCH,
    "bugs evil@user/repo": Action.FETCH,
    "fund user/evil": Action.FETCH,
    "owner ls user/evil": Action.FETCH,
    "completion -- npm view user/evil": Action.FETCH,
    "completion -- npm --json info user/evil": Action.FETCH,
    "version patch -w a": Action.WORKSPACE_UPDATE,
    "version patch": Action.WORKSPACE_UPDATE,
    "init -y -w packages/a": Action.WORKSPACE_UPDATE,
    "patch evil": Action.PATCH,
    "patch add evil": Action.PATCH,
    "patch commit dir": Action.PATCH,
}

PASSES = """
run build
run build --watch
run-script install
run install evil
test install
t -- install evil
start
stop
restart
help install
help i evil
install --help
install -h evil
-h install evil
--usage install evil
--help=true install evil
-? ci
--version
-v install evil
--version install evil
install evil --version
--versions install evil
exec --help
ls install
ll
audit
audit signatures
audit signatures fix
outdated
view install
view @scope/name@^1.2 dist.tarball
v evil versions --json
docs
docs @scope/name
repo . ./packages/a
fund
fund @scope/name@latest
owner ls evil
owner add someone evil
search install
pack
pack .
pack ./packages/a /srv/b ~/c
publish
publish .
publish --tag install
stage publish
stage list evil
cache clean --force
cache ls evil
cache verify
diff
diff package.json
diff --tag next
config set registry http://localhost/
get install
set install=ci
pkg set scripts.install=ci
explore evil -- npm install
completion
completion -- npm install user/evil
completion -- npm view evil
install-scripts approve evil
approve-scripts evil
deny-scripts --all
shrinkwrap
sbom
query .install
explain evil
ping
whoami
login
version
patch
patch ls
--no-workspaces version patch
--no-workspaces-update version patch -w a
""".strip().split("\n")


@pytest.mark.parametrize(("line", "action"), BYPASSES.items())
def test_what_brings_code_in_is_seen(line: str, action: Action) -> None:
    assert read(line).action is action


@pytest.mark.parametrize("line", ["", "''", *PASSES])
def test_what_brings_nothing_in_goes_straight_to_npm(line: str) -> None:
    assert read(line).action is Action.PASS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_every_npm_has_an_action(command: str) -> None:
    assert action_of(command, (), lambda _: None) is not Action.UNKNOWN


@pytest.mark.parametrize(
    "line", ["fnord", "constructor", "__proto__", "Install evil", "--prefix=D fnord install", "e"]
)
def test_a_command_no_known_npm_has(line: str) -> None:
    call = read(line)
    assert call.command is None
    assert call.action is Action.UNKNOWN
    assert classify(shlex.split(line), {}, npm_version=NPM_12).action is Action.PASS
    assert classify(shlex.split(line), {}, npm_version=(10, 0, 0)).action is Action.PASS
    assert classify(shlex.split(line), {}, npm_version=(12, 99, 0)).action is Action.UNKNOWN
    assert classify(shlex.split(line), {}, npm_version=(13, 0, 0)).action is Action.UNKNOWN


@pytest.mark.parametrize("line", ["version patch", "init -y", "init"])
def test_npm_reifies_for_the_workspace_it_stands_in(line: str) -> None:
    argv = shlex.split(line)
    assert classify(argv, {}).action is Action.WORKSPACE_UPDATE
    assert classify(argv, {}, in_workspace=lambda: True).action is Action.WORKSPACE_UPDATE
    assert classify(argv, {}, in_workspace=lambda: False).action is Action.PASS
    env = {"npm_config_workspace": "a"}
    assert classify(argv, env, in_workspace=lambda: False).action is Action.WORKSPACE_UPDATE


def test_the_npms_do_not_agree() -> None:
    # npm 10 has no --allow-git, so `none` is the command for it
    call = read("--allow-git none install foo")
    assert (call.action, call.command, call.certain) == (Action.INSTALL, "install", False)
    # for npm 11 and 12 --allow-git takes `view`, and for npm 10 it takes nothing
    call = read("--allow-git install view foo")
    assert (call.action, call.arguments, call.certain) == (Action.INSTALL, ("view", "foo"), False)
    argv = ["--allow-git", "none", "install", "foo"]
    assert classify(argv, {}, npm_version=NPM_10).action is Action.INSTALL
    assert classify(["--allow-git", "none", "fnord"], {}, npm_version=NPM_10).action is Action.PASS


def test_an_option_of_a_newer_npm_may_take_a_value() -> None:
    call = read("--newer view install evil")
    assert call.action is Action.INSTALL
    assert call.arguments == ("evil",)
    assert not call.certain
    assert [option.name for option in call.unknown_options] == ["newer"]


def test_a_command_one_npm_has_is_enough() -> None:
    assert read("patch foo").action is Action.PATCH
    assert classify(["patch", "foo"], {}, npm_version=NPM_10).action is Action.PATCH
    assert read("shrinkwrap").action is Action.PASS
    assert read("star foo").command == "start"
    assert classify(["star", "foo"], {}, npm_version=NPM_10).command == "star"
    assert classify(["run", "x"], {}, npm_version=NPM_10).command == "run-script"
    assert classify(["run", "x"], {}, npm_version=NPM_11).command == "run"


@pytest.mark.parametrize(
    ("line", "action", "specs"),
    [
        ("foo --bar", Action.EXEC, ("foo",)),
        ("-y foo install", Action.EXEC, ("foo",)),
        ("-p foo bar", Action.EXEC, ("foo",)),
        ("-p foo -p bar -c baz", Action.EXEC, ("foo", "bar")),
        ("--package=foo -- bar", Action.EXEC, ("foo",)),
        ("-c 'foo bar'", Action.EXEC, ()),
        ("--unknown evil other", Action.EXEC, ("evil",)),
        ("-n x foo", Action.EXEC, ("foo",)),
        ("foo --version", Action.EXEC, ("foo",)),
        ("", Action.EXEC, ()),
        ("--version", Action.PASS, ()),
        ("--help foo", Action.PASS, ()),
    ],
)
def test_npx(line: str, action: Action, specs: tuple[str, ...]) -> None:
    call = classify_npx(shlex.split(line), {})
    assert call.action is action
    assert call.specs == specs
    assert call.command == "exec"
    assert call.argv[0] == "exec"


def test_npx_options() -> None:
    assert classify_npx(["--no-install", "foo"], {}).yes is False
    assert classify_npx(["-y", "foo", "-n"], {}).yes is True
    assert classify_npx(["-c", "a b"], {}).call == "a b"
    assert classify_npx(["foo", "-y"], {}).arguments == ("foo", "-y")


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["install", "exec", "init", "--", "-", "", "true", "false", "null", "foo", "view", "version", "-g"]
    ),
    st.builds(
        "--{}{}".format,
        st.sampled_from([*OPTIONS, *SHORTHANDS]),
        st.sampled_from(["", "=", "=x", "=-g", "=--"]),
    ),
    st.builds("-{}".format, st.text("gDwsCpcyfv=", max_size=5)),
)


@given(
    argv=st.lists(PIECES, max_size=8),
    env=st.dictionaries(
        st.one_of(
            st.text(max_size=9),
            st.builds("npm_config_{}".format, st.one_of(st.text(), st.sampled_from([*OPTIONS]))),
        ),
        st.text(),
        max_size=4,
    ),
    version=st.one_of(st.none(), st.tuples(*[st.integers(0, 30)] * 3)),
)
def test_never_raises(argv: list[str], env: dict[str, str], version: tuple[int, int, int] | None) -> None:
    for call in (classify(argv, env, npm_version=version), classify_npx(argv, env, npm_version=version)):
        for name in dir(Invocation):
            getattr(call, name)
        assert isinstance(call.action, Action)
        call.rewrite(words=["x"], without=["global"], options={"dry-run": True})

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.npm.commandline import Action, Invocation, classify, classify_npx
from forecheck.resolve.npm_commands import (
    Refused,
    audit_command,
    check_command,
    exec_command,
    global_command,
    initializer,
    project_command,
)

VERSIONS = ((10, 9, 9), (11, 19, 1), (12, 2, 0))
FORCED = {
    "package-lock-only": True,
    "package-lock": True,
    "ignore-scripts": True,
    "dry-run": False,
    "json": True,
    "global": False,
    "location": "project",
}

LOCKED = "--package-lock=true"
"""Whatever an .npmrc says: the lockfile is what npm is held to."""


def call(line: str, version: tuple[int, int, int] = VERSIONS[1]) -> Invocation:
    return classify(line.split(), {}, npm_version=version)


def reread(arguments: tuple[str, ...], version: tuple[int, int, int] = VERSIONS[1]) -> Invocation:
    return classify(list(arguments), {}, npm_version=version)


def holds(arguments: tuple[str, ...], version: tuple[int, int, int] = VERSIONS[1]) -> None:
    """A resolving call installs nothing, runs nothing and writes a lockfile, as npm itself would read it."""
    read = reread(arguments, version)
    assert {name: read.get(name) for name in FORCED} == FORCED, arguments
    for name in ("prefix", "script-shell", "git", "node-options", "shrinkwrap", "foreground-scripts"):
        assert name not in read.cli, arguments


@pytest.mark.parametrize(
    ("line", "command", "words"),
    [
        ("install", "install", ()),
        ("i a b@2", "install", ("a", "b@2")),
        ("add -D a", "install", ("a",)),
        ("install --no-package-lock a", "install", ("a",)),
        ("install --ignore-scripts=false a", "install", ("a",)),
        ("install --script-shell=/bin/sh --git=/tmp/git --prefix ../x a", "install", ("a",)),
        ("install --dry-run", "install", ()),
        ("install --global=false --location=project a", "install", ("a",)),
        ("update", "update", ()),
        ("update a", "update", ("a",)),
        ("uninstall a", "uninstall", ("a",)),
        ("dedupe", "dedupe", ()),
        ("audit fix --force", "audit", ("fix",)),
        ("install-test a", "install", ("a",)),
        ("prune", "install", ()),
    ],
)
def test_resolving_writes_a_lockfile_and_nothing_else(
    line: str, command: str, words: tuple[str, ...]
) -> None:
    resolve = project_command(call(line)).resolve
    assert resolve is not None
    holds(resolve)
    assert (reread(resolve).command, reread(resolve).arguments) == (command, words)


@pytest.mark.parametrize(
    ("line", "apply"),
    [
        ("install", (("install", LOCKED),)),
        ("install --omit=dev", (("install", LOCKED, "--omit=dev"),)),
        ("install a b", (("prune", LOCKED),)),
        ("install --no-save a", (("prune", LOCKED, "--no-save"),)),
        ("update", (("prune", LOCKED),)),
        ("uninstall a", (("prune", LOCKED),)),
        ("dedupe", (("prune", LOCKED),)),
        ("install-test a", (("prune", LOCKED), ("test",))),
    ],
)
def test_applying_names_no_package_again(line: str, apply: tuple[tuple[str, ...], ...]) -> None:
    command = project_command(call(line))
    assert command.apply == apply
    assert not command.verbatim


@pytest.mark.parametrize(
    "line", ["ci", "ci --omit=dev", "clean-install --foo", "install-ci-test", "install --dry-run a"]
)
def test_what_changes_no_file_of_the_project_is_run_as_typed(line: str) -> None:
    command = project_command(call(line))
    assert (command.apply, command.verbatim) == ((tuple(line.split()),), True)
    assert (command.resolve is None) is ("dry-run" not in line)


@pytest.mark.parametrize(
    ("line", "saves", "locks"),
    [
        ("install a", True, True),
        ("install --no-save a", False, False),
        ("update --no-save", False, True),
        ("install --no-package-lock a", True, False),
        ("install --package-lock=false", True, False),
    ],
)
def test_what_npm_would_leave_changed(line: str, saves: bool, locks: bool) -> None:
    command = project_command(call(line))
    assert (command.saves, command.locks) == (saves, locks)
    assert all(reread(applied).package_lock for applied in command.apply)


PIECES = st.sampled_from(
    ["a", "b@2", "@s/c", "--", "-D", "-E", "--save", "--no-save", "--ignore-scripts", "--ignore-scripts=false",
     "--no-ignore-scripts", "--package-lock-only", "--no-package-lock-only", "--package-lock=false", "--dry-run",
     "--no-dry-run", "--json=false", "--no-json", "--global=false", "--location=project", "--prefix=x", "--prefix",
     "--script-shell", "--script-shell=sh", "--git", "--omit", "dev", "--loglevel", "silly", "--loglevel=silent",
     "-s", "--unknown", "--unknown=1", "--tag", "next", "--shrinkwrap=false", "--no-shrinkwrap", "true", "false",
     "--foreground-scripts", "--node-options=-r x", "-w", "w", "--workspaces", "--", "--no-", "-", "--=x",
     "--ignore-scripts", "--package-lock-o", "--dry", "-n"]
)  # fmt: skip


@given(
    st.sampled_from(["install", "i", "add", "in"]), st.lists(PIECES, max_size=7), st.sampled_from(VERSIONS)
)
def test_whatever_is_written_the_forced_options_win(
    word: str, pieces: list[str], version: tuple[int, int, int]
) -> None:
    read = classify([word, *pieces], {}, npm_version=version)
    if read.action is not Action.INSTALL or read.global_:
        return
    command = project_command(read)
    assert command.resolve is not None
    for other in VERSIONS if read.certain else (version,):
        holds(command.resolve, other)
    assert reread(command.resolve, version).arguments == read.arguments
    for applied in () if command.verbatim else command.apply:
        assert reread(applied, version).arguments == ()


def test_a_project_without_a_lockfile_is_only_resolved() -> None:
    command = audit_command()
    assert command.resolve is not None
    holds(command.resolve)
    assert command.apply == ()


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3))
def test_specs_to_check_are_never_options(specs: list[str]) -> None:
    command = check_command(tuple(specs))
    holds(command.resolve)
    assert reread(command.resolve).arguments == tuple(specs)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("install -g a", ("-g",)),
        ("i a b@1 --location=global", ("--location=global",)),
        ("i -g --prefix /opt --cache=/x --offline a", ("-g", "--prefix", "/opt")),
    ],
)
def test_a_global_install_keeps_its_options_but_not_its_sources(line: str, options: tuple[str, ...]) -> None:
    read = call(line)
    command = global_command(read)
    holds(command.staged.resolve)
    assert command.staged.specs == read.arguments
    assert reread(command.staged.resolve).arguments == read.arguments
    assert command.options == options


@pytest.mark.parametrize(
    ("line", "specs"),
    [
        ("update -g", ("a@*", "@s/b@*")),
        ("update -g @s/b", ("@s/b@*",)),
        ("upgrade -g a missing", ("a@*",)),
    ],
)
def test_a_global_update_asks_for_the_newest_of_what_is_there(line: str, specs: tuple[str, ...]) -> None:
    command = global_command(call(line), ("a", "@s/b"))
    holds(command.staged.resolve)
    assert command.staged.specs == reread(command.staged.resolve).arguments == specs
    assert command.options == ("-g",)
    assert command.updates


@pytest.mark.parametrize("line", ["update -g", "update -g a", "update -g a@1", "install -g", "dedupe -g"])
def test_what_cannot_be_held_to_an_audit_is_refused(line: str) -> None:
    with pytest.raises(Refused):
        global_command(call(line))


@pytest.mark.parametrize(
    ("line", "specs", "words", "named", "script"),
    [
        ("exec a", ("a",), (), False, ""),
        ("exec a@1 x --y", ("a@1",), ("x",), False, ""),
        ("exec -- a x --y", ("a",), ("x", "--y"), False, ""),
        ("exec --package=a --package=b -- c x", ("a", "b"), ("c", "x"), True, ""),
        ("exec --package=a --call=c", ("a",), (), True, "c"),
        ("init x", ("create-x",), (), False, ""),
        ("create @s -- y", ("@s/create",), ("y",), False, ""),
    ],
)
def test_running_a_package(
    line: str, specs: tuple[str, ...], words: tuple[str, ...], named: bool, script: str
) -> None:
    command = exec_command(call(line))
    holds(command.staged.resolve)
    assert reread(command.staged.resolve).arguments == specs
    assert (command.staged.specs, command.words) == (specs, words)
    assert (command.command_named, command.call) == (named, script)
    assert not any(option.startswith(("--package", "--call")) for option in command.options)


def test_npx_is_npm_exec() -> None:
    command = exec_command(classify_npx(["-y", "-p", "a", "b", "--c"], {}, npm_version=VERSIONS[1]))
    assert (command.staged.specs, command.words, command.command_named) == (("a",), ("b", "--c"), True)


@pytest.mark.parametrize(
    ("word", "package"),
    [
        ("x", "create-x"),
        ("x@1.2", "create-x@1.2"),
        ("create-x", "create-create-x"),
        ("@s", "@s/create"),
        ("@s@2", "@s/create@2"),
        ("@s/x", "@s/create-x"),
        ("@s/x@next", "@s/create-x@next"),
    ],
)
def test_an_initializer_is_named_after_its_word(word: str, package: str) -> None:
    assert initializer(word) == (package,)


@pytest.mark.parametrize(
    "word",
    ["user/repo", "github:user/repo", "git+https://h/r.git", "https://h/x.tgz", "@s/x/y", "file:x", "./x"],
)
def test_an_initializer_that_is_no_name_is_refused(word: str) -> None:
    with pytest.raises(Refused):
        initializer(word)


@pytest.mark.parametrize(
    "line",
    [
        "install",
        "i",
        "install --omit=dev --no-audit",
        "it",
        "install --loglevel silent",
        "install --install-strategy=hoisted --no-force --package-lock",
    ],
)
def test_a_plain_install_keeps_a_lockfile_that_answers(line: str) -> None:
    assert project_command(call(line)).keeps


@pytest.mark.parametrize(
    "line",
    [
        "install a",
        "install --legacy-peer-deps",
        "install --force",
        "install --before 2024-01-01",
        "install --prefer-dedupe",
        "install --no-package-lock",
        "install --package-lock-only",
        "install --lockfile-version 2",
        "install --install-strategy nested",
        "install -w a",
        "install --no-save",
        "install --os linux",
        "install --an-option-nobody-knows",
        "install --dry-run",
        "ci",
        "update",
        "dedupe",
        "prune",
        "audit fix",
    ],
)
def test_any_other_command_asks_npm(line: str) -> None:
    assert not project_command(call(line)).keeps


@pytest.mark.parametrize(
    ("setting", "text"),
    [("legacy-peer-deps", "true"), ("before", "2024-01-01"), ("package-lock", "false"), ("os", "aix")],
)
def test_settings_of_files_and_environment_count(setting: str, text: str) -> None:
    from_file = classify(["install"], {}, npm_version=VERSIONS[1], config_lookup={setting: text}.get)
    assert not project_command(from_file).keeps
    from_environment = classify(
        ["install"], {f"npm_config_{setting.replace('-', '_')}": text}, npm_version=VERSIONS[1]
    )
    assert not project_command(from_environment).keeps


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("fund", "false"),
        ("omit-lockfile-registry-resolved", "false"),
        ("package-lock", "true"),
        ("save", "true"),
        ("legacy-peer-deps", "false"),
        ("install-strategy", "hoisted"),
    ],
)
def test_a_setting_that_says_the_default_changes_nothing(setting: str, text: str) -> None:
    harmless = classify(["install"], {}, npm_version=VERSIONS[1], config_lookup={setting: text}.get)
    assert project_command(harmless).keeps

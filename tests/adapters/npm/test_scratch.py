import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.adapters.npm.project import read_inputs
from forecheck.adapters.npm.scratch import Scratch, local_path, private_environment
from forecheck.decode import Malformed


@pytest.fixture
def scratch() -> Iterator[Scratch]:
    made = Scratch()
    yield made
    made.close()
    assert not os.path.exists(made.folder)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def copied(scratch: Scratch, path: Path) -> bool:
    return os.path.exists(scratch.mirror(str(path)))


@pytest.mark.skipif(os.name == "nt", reason="POSIX paths")
@pytest.mark.parametrize(
    ("path", "inside"),
    [("/a/b", "fs/a/b"), ("/a/../b", "fs/b"), ("/../../etc", "fs/etc"), ("//a/b", "fs/a/b"), ("/", "fs")],
)
def test_an_absolute_path_lies_inside_whatever_it_says(scratch: Scratch, path: str, inside: str) -> None:
    assert os.path.relpath(scratch.mirror(path), scratch.folder) == inside


def test_relative_paths_between_mirrored_folders_keep_their_meaning(scratch: Scratch, tmp_path: Path) -> None:
    here, there = str(tmp_path / "p" / "q"), str(tmp_path / "x")
    assert os.path.relpath(scratch.mirror(there), scratch.mirror(here)) == os.path.relpath(there, here)


def test_messages_name_the_projects_own_paths(scratch: Scratch, tmp_path: Path) -> None:
    assert scratch.unmirrored(f"open '{scratch.mirror(str(tmp_path / 'a'))}'") == f"open '{tmp_path / 'a'}'"


def test_a_project_is_copied_with_what_its_paths_point_to(scratch: Scratch, tmp_path: Path) -> None:
    root = tmp_path / "project"
    write(
        root / "package.json",
        '{"workspaces": ["w"], "dependencies": {"in": "file:lib/in", "tar": "file:vendor/x-1.0.0.tgz"}}',
    )
    write(root / "lib/in/package.json", '{"devDependencies": {"out": "../../../out"}}')
    write(root / "lib/in/index.js", "secret()")
    write(root / "vendor/x-1.0.0.tgz", "bytes")
    write(root / "w/package.json", '{"dependencies": {"far": "link:../../far"}}')
    write(root / ".npmrc", "script-shell=/bin/sh\n")
    write(root / "package-lock.json", "{}")
    out = write(tmp_path / "out/package.json", '{"dependencies": {"in": "file:../project/lib/in"}}')
    far = write(tmp_path / "far/package.json", "{}")
    scratch.lay_out(read_inputs(str(root)), "registry=https://r.example/\n")
    for path in (
        "package.json",
        "package-lock.json",
        "lib/in/package.json",
        "vendor/x-1.0.0.tgz",
        "w/package.json",
    ):
        mirrored = Path(scratch.mirror(str(root / path)))
        assert mirrored.read_bytes() == (root / path).read_bytes(), path
    assert copied(scratch, out)
    assert copied(scratch, far)
    assert not copied(scratch, root / "lib/in/index.js")
    assert Path(scratch.mirror(str(root / ".npmrc"))).read_text() == "registry=https://r.example/\n"


def test_a_folder_without_a_manifest_is_a_project_of_its_own(scratch: Scratch, tmp_path: Path) -> None:
    scratch.lay_out(read_inputs(str(tmp_path)), "")
    assert Path(scratch.mirror(str(tmp_path / "package.json"))).read_text() == "{}\n"


def test_what_is_not_there_is_left_to_npm(scratch: Scratch, tmp_path: Path) -> None:
    scratch.bring_local(["file:nowhere", "./nothing.tgz", "name", "^1.0.0"], str(tmp_path))
    assert not copied(scratch, tmp_path / "nowhere")


def test_a_manifest_that_cannot_be_read_says_which(scratch: Scratch, tmp_path: Path) -> None:
    write(tmp_path / "bad/package.json", "{")
    with pytest.raises(Malformed) as caught:
        scratch.bring_local(["file:bad"], str(tmp_path))
    assert caught.value.where == str(tmp_path / "bad" / "package.json")


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("file:a", "/base/a"),
        ("file:../a", "/a"),
        ("file:/a", "/a"),
        ("file:///a", "/a"),
        ("link:a/b", "/base/a/b"),
        ("./a", "/base/a"),
        ("../a.tgz", "/a.tgz"),
        ("/a", "/a"),
        (".", "/base"),
        ("..", "/"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="POSIX paths")
def test_path_specs(spec: str, path: str) -> None:
    assert local_path(spec, "/base") == path


@pytest.mark.parametrize(
    "spec", ["a", "@s/a", "a@file", "^1.0.0", "*", "", "npm:a@1", "user/repo", "https://h/a.tgz"]
)
def test_other_specs_are_no_paths(spec: str) -> None:
    assert local_path(spec, "/base") is None


def test_files_in_the_private_home_are_their_owners_only(scratch: Scratch) -> None:
    path = Path(scratch.write_home("user.npmrc", "//r.example/:_authToken=t\n"))
    assert path.parent == Path(scratch.home)
    assert path.stat().st_mode & 0o777 in (0o600, 0o666)
    scratch.write_home("user.npmrc", "")
    assert path.read_text() == ""


SCRIPT = "scripts-must-not-run"


def test_the_environment_is_the_users_but_for_what_would_run_or_misplace(scratch: Scratch) -> None:
    env = private_environment(
        {"PATH": "/bin", "HOME": "/home/u", "LANG": "C", "npm_config_foo": "kept"}, scratch, {"cache": "/c"}
    )
    assert (env["PATH"], env["LANG"], env["npm_config_foo"]) == ("/bin", "C", "kept")
    assert env["HOME"] == env["USERPROFILE"] == scratch.home
    assert (env["npm_config_cache"], env["npm_config_ignore_scripts"]) == ("/c", "true")
    assert env["npm_config_script_shell"] == os.path.join(scratch.folder, SCRIPT)
    assert not os.path.exists(env["npm_config_script_shell"])


NAMES = ("ignore_scripts", "script_shell", "cache", "prefix", "global", "location", "dry_run", "node_options")


@given(st.sampled_from(NAMES), st.data())
def test_no_spelling_of_a_setting_gets_past(name: str, data: st.DataObject) -> None:
    spelled = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in f"npm_config_{name}")
    spelled = spelled[:11] + "".join(
        data.draw(st.sampled_from("_-")) if c == "_" else c for c in spelled[11:]
    )
    made = Scratch()
    try:
        env = private_environment({spelled: "evil"}, made, {"cache": "/c"})
    finally:
        made.close()
    assert "evil" not in env.values()


def test_git_keeps_the_users_configuration(scratch: Scratch, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("")
    env = private_environment({"HOME": str(tmp_path)}, scratch, {})
    assert (env["GIT_CONFIG_GLOBAL"], env["GIT_TERMINAL_PROMPT"]) == (str(tmp_path / ".gitconfig"), "0")
    chosen = private_environment({"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": "/x"}, scratch, {})
    assert chosen["GIT_CONFIG_GLOBAL"] == "/x"

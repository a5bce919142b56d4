"""What a change does to lockfiles, between real revisions of real repositories."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Lab
from tests.e2e.test_reports import check_report
from tests.fakes.git import PROGRAM, Repository
from tests.fakes.locks import npm_entry, npm_lock, write_npm_lock
from tests.fakes.registry import Fault, Registry

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not PROGRAM, reason="there is no git")]

OTHER = f"sha512-{'A' * 86}=="
LOCKFILES = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "same-project"


@pytest.fixture
def repo(lab: Lab, registry: Registry) -> Repository:
    """A project with `plain` in its lockfile, committed and tagged `base`."""
    made = Repository(lab.folder)
    lab.project(dependencies={"plain": "^1.0.0"})
    write_npm_lock(lab.folder, registry, "plain")
    made.commit("base")
    made("tag", "base")
    return made


def changes(lab: Lab, *words: str, cwd: Path | None = None) -> list[tuple[str, str]]:
    """Kind and name of every change, in the JSON report of a run that asks nobody."""
    run = lab.run("lockfile", "diff", "--no-audit", "--format", "json", *words, cwd=cwd)
    assert run.out, run
    return [(one["kind"], one["name"]) for file in compared(run.out) for one in file["changes"]]


def compared(text: str) -> list[Any]:
    report: Any = check_report(text)
    files: list[Any] = report["compared"]
    return files


# -- what is compared with what


def test_nothing_changed(lab: Lab, repo: Repository) -> None:
    run = lab.run("lockfile", "diff")
    assert (run.code, run.out) == (0, "No lockfile differs between HEAD and the working tree.\n")
    for name in ("json", "sarif", "github", "gitlab", "junit", "markdown"):
        run = lab.run("lockfile", "diff", "--format", name)
        assert run.code == 0, run
        assert "nothing was examined" not in run.out


def test_revisions_tags_branches_and_both_trees(lab: Lab, repo: Repository, registry: Registry) -> None:
    repo("switch", "--quiet", "--create", "feature")
    write_npm_lock(lab.folder, registry, "plain", "other")
    committed = repo.commit()
    write_npm_lock(lab.folder, registry, "plain", "other", "old")
    repo("add", "package-lock.json")
    write_npm_lock(lab.folder, registry, "plain", "other", "old", "evil@0.0.1-security")
    other, old, evil = (("added", name) for name in ("other", "old", "evil"))
    assert changes(lab) == [evil, old]
    assert changes(lab, "--staged") == [old]
    assert changes(lab, "base") == [evil, old, other]
    assert changes(lab, "base", "HEAD") == [other]
    assert changes(lab, "main", "feature") == [other]
    assert changes(lab, "HEAD~1", committed[:10]) == [other]
    assert changes(lab, "feature", "base") == [("removed", "other")]
    assert changes(lab, "--staged", "base") == [old, other]


def test_two_files(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain")
    (lab.folder / "package-lock.json").rename(lab.folder / "old.json")
    write_npm_lock(lab.folder, registry, "plain", "other")
    assert changes(lab, "old.json", "package-lock.json") == [("added", "other")]
    run = lab.run("lockfile", "diff", "--no-audit", "old.json", "package-lock.json")
    assert "old.json → package-lock.json" in run.out
    assert "no manifest changed" not in run.out, "nobody looked"
    refused = lab.run("lockfile", "diff", "--staged", "old.json", "package-lock.json")
    assert refused.code == 2, refused


def test_a_file_cannot_take_the_place_of_a_revision(lab: Lab, repo: Repository, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "evil@0.0.1-security")
    for name in ("base", "HEAD"):
        (lab.folder / name).write_text((lab.folder / "package-lock.json").read_text())
    repo.commit()
    assert changes(lab, "base", "HEAD") == [("added", "evil")]
    assert changes(lab, "./base", "./HEAD") == []


def test_from_a_folder_below_only_that_folder_counts(lab: Lab, repo: Repository, registry: Registry) -> None:
    inner = lab.project(lab.folder / "apps" / "web")
    write_npm_lock(inner, registry, "plain")
    repo.commit()
    write_npm_lock(inner, registry, "plain", "other")
    write_npm_lock(lab.folder, registry, "plain", "old")
    assert changes(lab, cwd=inner) == [("added", "other")]
    paths = [
        file["path"] for file in compared(lab.run("lockfile", "diff", "--format=json", "--no-audit").out)
    ]
    assert paths == ["apps/web/package-lock.json", "package-lock.json"]
    repo.commit()
    assert changes(lab, "HEAD~1", "HEAD", cwd=inner) == [("added", "other")]
    nowhere = lab.folder / "src"
    nowhere.mkdir()
    run = lab.run("lockfile", "diff", "base", "HEAD", cwd=nowhere)
    assert run.code == 4, run
    assert run.says("this folder or below")


def test_a_lockfile_that_is_added_removed_moved_or_of_another_manager(
    lab: Lab, repo: Repository, registry: Registry
) -> None:
    lock = lab.folder / "package-lock.json"
    repo("rm", "--quiet", "--cached", "package-lock.json")
    repo("commit", "--quiet", "-m", "none")
    assert changes(lab, "base", "HEAD") == [("removed", "plain")]
    assert changes(lab, "HEAD", "base") == [("added", "plain")]
    write_npm_lock(lab.folder, registry, "plain", "other")
    lock.rename(lab.folder / "npm-shrinkwrap.json")
    assert changes(lab, "base") == [("added", "other")]
    (lab.folder / "npm-shrinkwrap.json").unlink()
    folder = lab.project(lab.folder / "web")
    write_npm_lock(folder, registry, "plain", "other")
    [file] = compared(lab.run("lockfile", "diff", "base", "--format=json", "--no-audit").out)
    assert (file["path"], file["base"]) == ("web/package-lock.json", "base:package-lock.json")
    assert [one["kind"] for one in file["changes"]] == ["added"]


@pytest.mark.parametrize("manager", ["yarn1", "berry4", "pnpm10", "bun", "deno", "vlt"])
def test_another_package_manager_changes_no_release(lab: Lab, manager: str) -> None:
    lab.npmrc(registry="https://registry.npmjs.org/")
    repo = Repository(lab.folder)
    for path in (LOCKFILES / "npm11v3").iterdir():
        (lab.folder / path.name).write_bytes(path.read_bytes())
    repo.commit()
    (lab.folder / "package-lock.json").unlink()
    lockfile = next(path for path in (LOCKFILES / manager).iterdir() if "lock" in path.name)
    (lab.folder / lockfile.name).write_bytes(lockfile.read_bytes())
    outside = {
        "gitdep",
        "localpkg",
        "bundler",
        "ms",
        "left-pad",
        "bundled",
        "chalk",
        "fsevents",
        "pkg-b",
        "b",
    }
    said = [one for one in changes(lab) if one[1] not in outside]
    assert [one for one in said if one[0] not in ("added", "removed")] == []


def test_worktrees_submodules_and_sha256(lab: Lab, registry: Registry, tmp_path: Path) -> None:
    repo = Repository(lab.folder, "--object-format=sha256")
    lab.project(dependencies={"plain": "^1.0.0"})
    write_npm_lock(lab.folder, registry, "plain")
    repo.commit()
    inner = Repository(tmp_path / "inner", "--object-format=sha256")
    write_npm_lock(inner.folder, registry, "old")
    inner.commit()
    repo("submodule", "--quiet", "add", str(inner.folder), "sub")
    repo.commit()
    assert changes(lab) == [], "the working tree has other files than the commit only by its submodule's"
    assert changes(lab, "HEAD~1", "HEAD") == []
    repo("worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "two")
    write_npm_lock(tmp_path / "tree", registry, "plain", "other")
    assert changes(lab, cwd=tmp_path / "tree") == [("added", "other")]


# -- what cannot be read is no change


def test_links_are_not_followed(lab: Lab, repo: Repository, registry: Registry, tmp_path: Path) -> None:
    lock = lab.folder / "package-lock.json"
    secret = tmp_path / "secret"
    secret.write_text("password")
    lock.unlink()
    lock.symlink_to(secret)
    for words in ((), ("--staged",), ("base", "HEAD")):
        run = lab.run("lockfile", "diff", "--no-audit", *words)
        assert run.code == 2, run
        assert run.says("package-lock.json is a symbolic link, which is not followed")
        assert "password" not in run.out + run.err
        repo("add", "--all") if not words else repo.commit()
    lock.unlink()
    lock.symlink_to(secret)
    assert changes(lab) == [], "the same link as before"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "git knows no revision nowhere"),
        (("base", "nowhere"), "git knows no revision nowhere"),
        (("base", "main:package-lock.json"), "git knows no revision"),
        (("--staged", "base", "main"), "--staged stands in the place of HEAD"),
        (("--", "--output=x"), "--output=x is no revision"),
        (("--", "-p"), "-p is no revision"),
    ],
)
def test_a_revision_that_is_none(lab: Lab, repo: Repository, words: tuple[str, ...], said: str) -> None:
    run = lab.run("lockfile", "diff", "--no-audit", *words)
    assert run.code == 2, run
    assert run.says(said)


def test_no_repository_and_no_git(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain")
    run = lab.run("lockfile", "diff", env={"GIT_CEILING_DIRECTORIES": str(lab.place)})
    assert run.code == 2, run
    assert run.says("not a git repository")
    run = lab.run("lockfile", "diff", env={"PATH": "/nonexistent"})
    assert run.code == 2, run
    assert run.says("git was not found on PATH")


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n", b"\xff\xfe\x00"]
)
def test_a_side_that_cannot_be_read(lab: Lab, repo: Repository, broken: bytes) -> None:
    (lab.folder / "package-lock.json").write_bytes(broken)
    run = lab.run("lockfile", "diff")
    assert run.code == 2, run
    assert run.says("package-lock.json of the working tree")
    repo.commit()
    run = lab.run("lockfile", "diff", "HEAD", "base")
    assert run.code == 2, run
    assert run.says("package-lock.json of HEAD")


def test_conflicts(lab: Lab, repo: Repository, registry: Registry) -> None:
    repo("switch", "--quiet", "--create", "theirs")
    write_npm_lock(lab.folder, registry, "plain", "other")
    repo.commit()
    repo("switch", "--quiet", "main")
    write_npm_lock(lab.folder, registry, "plain", "old")
    repo.commit()
    with pytest.raises(Exception, match="merge"):
        repo("merge", "--quiet", "theirs")
    run = lab.run("lockfile", "diff", "--staged")
    assert run.code == 2, run
    assert run.says("conflicts that are not resolved")


def test_a_huge_lockfile(lab: Lab, repo: Repository, registry: Registry) -> None:
    names = [f"package-{number}" for number in range(20_000)]
    entry = npm_entry(registry, "plain")
    entries = {name: {**entry, "resolved": entry["resolved"].replace("plain", name)} for name in names}
    (lab.folder / "package-lock.json").write_text(npm_lock(entries, {}))
    repo.commit()
    entries["package-7"] = {**entries["package-7"], "integrity": OTHER}
    (lab.folder / "package-lock.json").write_text(npm_lock(entries, {}))
    assert changes(lab) == [("integrity-changed", "package-7")]


# -- nothing of a hostile repository runs

HOSTILE = """
[core]
\tfsmonitor = {trap}
\tsshCommand = {trap}
\thooksPath = {hooks}
\tpager = {trap}
\teditor = {trap}
\tgitProxy = {trap}
\taskPass = {trap}
\talternateRefsCommand = {trap}
\tattributesFile = {attributes}
[alias]
\tls-tree = !{trap}
\tcat-file = !{trap}
\trev-parse = !{trap}
\tls-files = !{trap}
[diff]
\texternal = {trap}
[diff "trap"]
\ttextconv = {trap}
\tcommand = {trap}
[filter "trap"]
\tclean = {trap}
\tsmudge = {trap}
\tprocess = {trap}
\trequired = true
[credential]
\thelper = !{trap}
[gpg]
\tprogram = {trap}
[protocol]
\tallow = always
[protocol "ext"]
\tallow = always
[protocol "file"]
\tallow = always
[remote "origin"]
\turl = {url}
\tuploadpack = {trap}
\tpromisor = true
\tpartialclonefilter = blob:none
[extensions]
\tpartialClone = origin
[uploadpack]
\tpackObjectsHook = {trap}
"""


@pytest.mark.parametrize(
    "url", ["ext::{trap} %S", "{folder}", "ssh://example.com/x.git", "http://127.0.0.1:9/x.git"]
)
def test_nothing_of_the_repository_runs(lab: Lab, repo: Repository, registry: Registry, url: str) -> None:
    tripped = lab.place / "tripped"
    trap = lab.place / "trap.sh"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >>{tripped}\ncat 2>/dev/null\n')
    trap.chmod(0o755)
    write_npm_lock(lab.folder, registry, "plain", "other")
    (lab.folder / ".gitattributes").write_text("* filter=trap diff=trap\n")
    lost = repo.commit()
    write_npm_lock(lab.folder, registry, "plain", "old")
    repo("add", "package-lock.json")
    hooks = lab.place / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"):
        (hooks / name).symlink_to(trap)
    config = lab.folder / ".git" / "config"
    where = url.format(trap=trap, folder=lab.place / "elsewhere.git")
    named = {"trap": trap, "hooks": hooks, "url": where, "attributes": lab.folder / ".gitattributes"}
    config.write_text(config.read_text().replace("version = 0", "version = 1") + HOSTILE.format(**named))
    for words in ((), ("--staged",), ("base", "HEAD"), ("base",)):
        assert changes(lab, *words), words
    blob = repo("-c", "core.fsmonitor=false", "rev-parse", f"{lost}:package-lock.json").strip()
    tripped.unlink(missing_ok=True)
    (lab.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    run = lab.run("lockfile", "diff", "--no-audit", "base", "HEAD")
    assert run.code == 2, run
    assert run.says("HEAD: git: ")
    assert not tripped.exists(), tripped.read_text()


# -- what is said of a change


def test_the_lockfile_alone_is_called_out(lab: Lab, repo: Repository, registry: Registry) -> None:
    write_npm_lock(
        lab.folder, registry, "plain", "other", direct=("plain",), plain={"dependencies": {"other": "*"}}
    )
    run = lab.run("lockfile", "diff", "--no-audit")
    assert "no manifest changed, and other is new" in " ".join(run.out.split())
    assert run.code == 0, "a warning, and nobody asked for strictness"
    assert lab.run("--strict", "lockfile", "diff", "--no-audit").code == 1
    lab.project(dependencies={"plain": "^1.0.0", "other": "*"})
    assert "no manifest changed" not in lab.run("lockfile", "diff", "--no-audit").out


def test_only_manifests_of_the_same_project_count(lab: Lab, repo: Repository, registry: Registry) -> None:
    one, two = (lab.project(lab.folder / "apps" / name) for name in ("one", "two"))
    write_npm_lock(one, registry, "plain")
    repo.commit()
    write_npm_lock(one, registry, "plain", "other")
    lab.project(two, description="something else")
    lab.project(description="the whole")
    assert "no manifest changed" in lab.run("lockfile", "diff", "--no-audit").out
    lab.project(one / "packages" / "inner")
    assert "no manifest changed" not in lab.run("lockfile", "diff", "--no-audit").out


def test_other_bytes_under_the_same_version_fail(lab: Lab, repo: Repository, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", plain={"integrity": OTHER})
    run = lab.run("lockfile", "diff", "--no-audit")
    assert run.code == 1, run
    assert "≠ plain 1.0.0" in run.out
    assert "changed-integrity" in run.out
    assert lab.run("lockfile", "diff", "--no-audit", "--staged").code == 0


def test_only_what_changed_is_asked_about(lab: Lab, repo: Repository, registry: Registry) -> None:
    registry.publish("deep", "1.0.0", scripts={"postinstall": "node x"}, manifest={"license": "MIT"})
    registry.publish("top", "1.0.0", dependencies={"deep": "^1.0.0"}, manifest={"license": "MIT"})
    registry.set_downloads({"deep": 5_000_000, "top": 5_000_000})
    lab.project(dependencies={"plain": "^1.0.0", "top": "^1.0.0"})
    write_npm_lock(
        lab.folder, registry, "plain", "top", "deep", direct=("plain", "top"), deep={"hasInstallScript": True}
    )
    registry.forget_requests()
    run = lab.run("lockfile", "diff")
    assert run.code in (0, 1), run
    assert "top > deep" in run.out
    assert "now runs something on install" in run.out
    assert "install-script" in run.out
    assert {request.package for request in registry.requests if request.package} <= {"top", "deep"}
    assert not registry.asked("plain")
    assert registry.asked("deep")
    registry.forget_requests()
    assert lab.run("lockfile", "diff", "--no-audit").code in (0, 1)
    assert registry.requests == []
    run = lab.run("--offline", "lockfile", "diff", env={"FORECHECK_CACHE": str(lab.place / "none")})
    assert "not a clean bill" in run.out
    assert registry.requests == []


def test_the_registry_is_down(lab: Lab, repo: Repository, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    registry.fail(None, Fault.close())
    run = lab.run("lockfile", "diff")
    assert run.code == 6, run


def test_what_the_rules_said_before_is_not_this_changes_doing(
    lab: Lab, repo: Repository, registry: Registry
) -> None:
    loose = {"integrity": None}
    write_npm_lock(lab.folder, registry, "plain", "old", old=loose)
    repo.commit()
    write_npm_lock(lab.folder, registry, "plain", "old", "other", old=loose)
    run = lab.run("lockfile", "diff", "--no-audit", "--verbose")
    assert "lock-no-integrity" not in run.out
    write_npm_lock(lab.folder, registry, "plain", "old", "other", old=loose, other=loose)
    assert "lock-no-integrity" in lab.run("lockfile", "diff", "--no-audit", "--verbose").out
    text = (lab.folder / "package-lock.json").read_text()
    (lab.folder / "package-lock.json").write_text(
        text.replace('"requires": true', '"requires": true, "requires": true')
    )
    run = lab.run("lockfile", "diff", "--no-audit", "--verbose")
    assert "lock-duplicate-key" in run.out, "about the file, and new"


def test_yarn_knows_the_paths_of_its_workspaces(lab: Lab) -> None:
    repo = Repository(lab.folder)
    lab.project(private=True, workspaces=["packages/*"])
    lab.project(lab.folder / "packages" / "web", dependencies={"plain": "^1.0.0"})
    head = "# yarn lockfile v1\n\n\n"
    (lab.folder / "yarn.lock").write_text(head)
    repo.commit()
    entry = f'plain@^1.0.0:\n  version "1.0.0"\n  resolved "{lab.registry.url}plain/-/plain-1.0.0.tgz#abc"\n'
    (lab.folder / "yarn.lock").write_text(head + entry)
    repo.commit()
    [file] = compared(lab.run("lockfile", "diff", "HEAD~1", "HEAD", "--no-audit", "--format=json").out)
    assert file["changes"][0]["path"] == ["packages/web", "plain@1.0.0"]


NASTY = "x\x1b[2J](https://evil.example) @everyone <script>alert(1)</script>`\n::error::forged"


def test_hostile_names_are_inert(lab: Lab, repo: Repository, registry: Registry) -> None:
    entry = npm_entry(registry, "plain")
    lock = npm_lock({"plain": entry, NASTY: {**entry, "resolved": f"https://e.example/{NASTY}"}}, {})
    (lab.folder / "package-lock.json").write_text(lock)
    nasty = lab.folder / "sub\x1b[2J\n::error::forged"
    lab.project(nasty)
    (nasty / "package-lock.json").write_text(lock)
    for name in ("text", "markdown", "github", "json", "sarif", "gitlab", "junit"):
        run = lab.run("lockfile", "diff", "--no-audit", "--format", name)
        assert run.code == 1, run
        assert "\x1b" not in run.out
        assert not any(line.startswith("::error::forged") for line in run.out.splitlines())
    assert json.loads(lab.run("lockfile", "diff", "--no-audit", "--format=sarif").out)["version"] == "2.1.0"


def test_inside_a_hook(lab: Lab, repo: Repository, registry: Registry) -> None:
    """Git sets GIT_DIR and GIT_INDEX_FILE for its hooks; with `commit -a` the index is another file."""
    write_npm_lock(lab.folder, registry, "plain", plain={"integrity": OTHER})
    hook = lab.folder / ".git" / "hooks" / "pre-commit"
    words = " ".join(
        f"{name}='{lab.environment[name]}'" for name in ("HOME", "PYTHONPATH", "FORECHECK_CONFIG")
    )
    hook.write_text(
        f"#!/bin/sh\n{words} {sys.executable} -m forecheck lockfile diff --staged --no-audit >hook.txt\n"
    )
    hook.chmod(0o755)
    with pytest.raises(Exception, match="commit"):
        repo("commit", "--quiet", "-a", "-m", "evil")
    assert "changed-integrity" in (lab.folder / "hook.txt").read_text()

"""`forecheck lockfile diff [BASE] [HEAD]`: what changed, as a reviewer asks, and an audit of just that."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere, UsageRefused
from forecheck.model import Lockfile, Subject
from forecheck.ports import Resolution
from forecheck.text import escape

if TYPE_CHECKING:
    from forecheck.adapters.revisions import Tree
    from forecheck.cli.session import Workbench
    from forecheck.comparison import Sides
    from forecheck.lint import Dossier
    from forecheck.report import ComparedLockfile, Report

MANIFESTS: Final = frozenset({"package.json", "pnpm-workspace.yaml", "deno.json", "deno.jsonc", "vlt.json"})


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "diff",
        help="what changed between two lockfiles or revisions, and an audit of just that",
        description="Show what a change does to the lockfiles: packages added, removed, upgraded, downgraded, from "
        "another source, with other contents under the same version; what runs something on install; and the audit "
        "of what arrives. BASE and HEAD are two files, or git revisions.",
        epilog="Without HEAD, BASE is compared with the files on disk; without both, the last commit is. "
        "--format markdown is for a comment on a pull request.",
    )
    parser.add_argument("base", nargs="?", default="", metavar="BASE")
    parser.add_argument("head", nargs="?", default="", metavar="HEAD")
    parser.add_argument(
        "--staged", action="store_true", help="compare with what is staged instead of what is on disk"
    )
    parser.add_argument("--no-audit", action="store_true", help="show the changes only; asks nobody")
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck import discover
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.cli.session import open_workbench
    from forecheck.comparison import change_report
    from forecheck.policy import Next, exit_code, next_step
    from forecheck.report import Exit

    options = Options.of(arguments)
    chosen_reporter(options)
    base, head, sides = _sides(arguments, ports)
    if not sides and options.format == "text" and not options.output:
        ports.stdout.write(f"No lockfile differs between {escape(base)} and {escape(head)}.\n")
        return Exit.ALLOW
    pairs = [(one, one.compared(base, head)) for one in sides]
    words = [word for word in (arguments.base, arguments.head) if word]
    with open_workbench(options, ports, None) as workbench:
        audits = [] if arguments.no_audit else [a for one in pairs if (a := _audited(*one, workbench))]
        report = change_report(
            " ".join(("lockfile diff", *words)),
            pairs,
            audits,
            config=workbench.session.config,
            checks=discover.checks(),
            sources=discover.sources(),
            clock=ports.now,
        )
        write_report(report, options, ports, wrapping=False)
        step = next_step(report.verdict, workbench.session.config, terminal=False)
        code = exit_code(report.verdict, went_on=step is Next.GO)
    return Exit.ALLOW if code == Exit.NOTHING else code


def _sides(arguments: argparse.Namespace, ports: Ports) -> "tuple[str, str, list[Sides]]":
    """What the two sides are called, and every lockfile that differs between them."""
    base, head = arguments.base, arguments.head
    if base and head and all(os.path.isfile(os.path.join(ports.cwd, one)) for one in (base, head)):
        if arguments.staged:
            raise UsageRefused("--staged compares with a revision, and these are two files")
        return base, head, [_two_files(base, head, ports)]
    if head and arguments.staged:
        raise UsageRefused("--staged stands in the place of HEAD")
    before, after = _trees(base or "HEAD", head, ports, staged=arguments.staged)
    return before.label, after.label, list(_differing(before, after, ports))


def _two_files(base: str, head: str, ports: Ports) -> "Sides":
    from forecheck.comparison import Sides

    contents = []
    for path in (base, head):
        with open(os.path.join(ports.cwd, path), "rb") as file:
            contents.append(file.read())
    before = _dossier(base, contents[0], None, ports)
    return Sides(head, before, _dossier(head, contents[1], None, ports), manifests_changed=True)


def _trees(base: str, head: str, ports: Ports, *, staged: bool) -> "tuple[Tree, Tree]":
    from forecheck.adapters.revisions import INDEX, AtRevision, OnDisk
    from forecheck.model import Unavailable

    try:
        before = AtRevision(ports.cwd, base, ports.env)
        if staged or head:
            return before, AtRevision(ports.cwd, INDEX if staged else head, ports.env)
    except Unavailable as missing:
        raise UsageRefused(missing.reason, "BASE and HEAD are two files, or git revisions") from None
    return before, OnDisk(ports.cwd, sha256=before.sha256)


def _differing(before: "Tree", after: "Tree", ports: Ports) -> "list[Sides]":
    from forecheck import discover
    from forecheck.adapters.lockfiles import lockfile_names
    from forecheck.comparison import Sides

    names = lockfile_names(discover.formats())
    old, new = (tree.identities(_called(names)) for tree in (before, after))
    if not old and not new:
        raise NothingThere("there is no lockfile on either side", "forecheck lockfile diff BASE HEAD")
    declared = [tree.identities(_called(MANIFESTS)) for tree in (before, after)]
    changed = declared[0] != declared[1]
    found = []
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            sides = [_read(tree, path, ports) for tree in (before, after)]
            found.append(Sides(path, sides[0], sides[1], manifests_changed=changed))
    return found


def _called(names: frozenset[str]) -> Callable[[str], bool]:
    return lambda path: path.rpartition("/")[2] in names and "node_modules" not in path.split("/")


def _read(tree: "Tree", path: str, ports: Ports) -> "Dossier | None":
    from forecheck.model import Unavailable

    try:
        data = tree.read(path)
        manifest = tree.read(f"{path.rpartition('/')[0]}/package.json".removeprefix("/"))
    except Unavailable as missing:
        raise UsageRefused(f"{path} of {tree.label}: {missing.reason}") from None
    return None if data is None else _dossier(path, data, manifest, ports)


def _dossier(path: str, data: bytes, manifest: bytes | None, ports: Ports) -> "Dossier":
    """A lockfile by its contents; of what stands beside it only the manifest is known. Raises `UsageRefused`."""
    import msgspec

    from forecheck import discover
    from forecheck.adapters.lockfiles import dossier_of_bytes
    from forecheck.decode import Malformed, read_json
    from forecheck.lockfiles.yarn_manifests import with_manifests

    made = dossier_of_bytes(data, path, ports.cwd, discover.formats(), ports.env, ())
    if made.lockfile is None:
        raise UsageRefused(f"{path} {made.problem}")
    if manifest is None:
        return made
    try:
        declared = read_json(manifest, dict[str, object], f"{path}: package.json", max_bytes=16 * 1024 * 1024)
    except Malformed:  # of a revision that nobody can change any more: paths are all it is needed for
        return made
    return msgspec.structs.replace(made, lockfile=with_manifests(made.lockfile, {"": declared}))


def _audited(sides: "Sides", compared: "ComparedLockfile", workbench: "Workbench") -> "Report | None":
    """The audit of what arrives; None where nothing does."""
    from forecheck.comparison import arriving

    locations = arriving(compared)
    if sides.after is None or sides.after.lockfile is None or not locations:
        return None
    before = sides.before.lockfile if sides.before else None
    manager = _ChangedProject(sides.after.lockfile, before, locations)
    return workbench.audit(f"lockfile diff {sides.path}", manager).report


class _ChangedProject:
    """A `PackageManager` that only reads: what a changed lockfile brings in beside what was there."""

    name = "npm"
    version = ""

    def __init__(self, after: Lockfile, before: Lockfile | None, only: frozenset[str]) -> None:
        self.name = after.manager
        self._resolution = Resolution(after=after, before=before, only=only)

    def resolve(self, while_waiting: Callable[[Sequence[Subject]], None]) -> Resolution:
        only = self._resolution.only or frozenset()
        while_waiting(tuple(e.release for e in self._resolution.after.entries if e.location in only))
        return self._resolution

    def apply(self, pins: Mapping[str, str]) -> int:
        """Nothing is installed from a lockfile that is only read."""
        del pins
        return 0

    def close(self) -> None:
        """Holds nothing open."""

"""`forecheck lockfile lint [PATHS…]`: whether lockfiles say what a package manager would have written."""

import argparse
import gc
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from forecheck.cli.options import Options, add_options
from forecheck.cli.ports import Ports

if TYPE_CHECKING:
    from forecheck.lint import Dossier


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "lint",
        help="find what was tampered with: sources, integrity, names, edges",
        description="Look for what no package manager would have written: foreign sources, missing or shared hashes, "
        "names, versions and ranges that do not fit together. Asks nobody; installs nothing.",
        epilog="PATHS are files, folders (searched, but not their node_modules) or patterns; - is standard input. "
        "Without any, every lockfile of the project is looked at. Rules: forecheck checks; settings: "
        "[checks.lock-…] in forecheck.toml.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="HOST",
        help="a host that packages may come from, beside the configured registries; may be repeated",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="write https: where a registry is named with http:, after a look at it",
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    was_on = gc.isenabled()
    gc.disable()  # a hundred thousand small values and no cycles: collecting takes a third of the time
    try:
        return _run(arguments, ports)
    finally:
        if was_on:
            gc.enable()


def _run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck import discover
    from forecheck.adapters.settings import configured, load
    from forecheck.cli.output import chosen_reporter, write_report
    from forecheck.linting import lint
    from forecheck.policy import Next, exit_code, next_step

    options = Options.of(arguments)
    chosen_reporter(options)
    # Without a file that may name other checks there is no need to load those.
    checks = discover.checks("" if configured(ports.cwd, ports.env) else "lockfile")
    settings = load(ports.cwd, ports.env, checks)
    config = settings.config.strictly() if options.strict else settings.config
    hosts = tuple(host.lower() for host in arguments.allow_host)
    paths: Sequence[str] = arguments.paths or ["."]
    report = lint(
        " ".join(("lockfile lint", *arguments.paths)),
        _dossiers(paths, ports, hosts, fix=arguments.fix, yes=options.yes),
        config=config,
        checks=checks,
        sources=discover.sources("lock_"),
        clock=ports.now,
        notices=lambda: tuple(notice.text for notice in settings.notices),
    )
    write_report(report, options, ports, wrapping=False)
    step = next_step(report.verdict, config, terminal=False)
    return exit_code(report.verdict, went_on=step is Next.GO)


def _dossiers(
    paths: Sequence[str], ports: Ports, hosts: tuple[str, ...], *, fix: bool, yes: bool
) -> Iterator["Dossier"]:
    from forecheck import discover
    from forecheck.adapters.lockfiles import NoLockfile, dossier_of_bytes, dossiers, expand, lockfile_names
    from forecheck.cli.refusal import NothingThere, UsageRefused

    formats = discover.formats()
    if "-" in paths:
        if len(paths) > 1 or fix:
            raise UsageRefused("- is standard input, which stands alone and cannot be fixed")
        stream = getattr(ports.stdin, "buffer", None)
        data = stream.read() if stream is not None else ports.stdin.read().encode()
        yield dossier_of_bytes(data, "stdin", ports.cwd, formats, ports.env, hosts)
        return
    try:
        found = expand(paths, ports.cwd, lockfile_names(formats))
    except NoLockfile as wrong:
        raise NothingThere(str(wrong), "forecheck lockfile lint PATH") from None
    if fix:
        from forecheck.cli.lockfile_fix import offer_fixes

        offer_fixes(found, formats, ports, hosts, yes=yes)
    yield from dossiers(found, formats, ports.env, hosts)

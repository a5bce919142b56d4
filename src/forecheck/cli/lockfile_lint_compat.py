"""`forecheck lockfile-lint …`: npm's lockfile-lint by another name, so that a project changes one word."""

import argparse
import gc
import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from forecheck.cli.ports import Ports

if TYPE_CHECKING:
    from forecheck.adapters.lockfiles import Found
    from forecheck.lockfile_lint.arguments import Given
    from forecheck.lockfile_lint.request import Request
    from forecheck.lockfile_lint.voice import Voice
    from forecheck.lockfiles.format import Format

NAME = "lockfile-lint"
_MAX_CONFIGURATION = 1024 * 1024


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """For the list of commands and shell completion: `cli.main` hands over to `run`, which reads as yargs does."""
    from forecheck.lockfile_lint.flags import FLAGS, Kind

    about = "npm's lockfile-lint with the same options, on lockfiles of every kind"
    parser = commands.add_parser(NAME, help=about)
    counts = {Kind.TEXT: None, Kind.SWITCH: "?", Kind.LIST: "*"}
    for flag in FLAGS:
        names = [flag.shown, *([f"-{flag.letter}"] if flag.letter else [])]
        parser.add_argument(*names, nargs=counts[flag.kind], help=flag.help)
    parser.set_defaults(run=_misplaced)


def _misplaced(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.cli.refusal import UsageRefused

    del arguments, ports
    why = f"{NAME} takes lockfile-lint's options only, and must be the first word"
    raise UsageRefused(why, "forecheck lockfile lint takes forecheck's own")


def run(arguments: Sequence[str], ports: Ports) -> int:
    """Read the options as lockfile-lint does, then look at every file; gives the exit code."""
    from forecheck.cli.refusal import UsageRefused
    from forecheck.lockfile_lint.refusal import NotAsMeant

    was_on = gc.isenabled()
    gc.disable()  # as for `lockfile lint`: many small values and no cycles
    try:
        return _run(arguments, ports)
    except NotAsMeant as wrong:
        hint = f"lockfile-lint {wrong.original}" if wrong.original else f"forecheck {NAME} --help"
        raise UsageRefused(str(wrong), hint) from None
    finally:
        if was_on:
            gc.enable()


def _run(arguments: Sequence[str], ports: Ports) -> int:
    from forecheck import __version__, discover
    from forecheck.cli.lockfile_lint_runs import Talk, by_own_rules, validated
    from forecheck.lockfile_lint.arguments import read_arguments
    from forecheck.lockfile_lint.configuration import merged
    from forecheck.lockfile_lint.request import request_of

    given = read_arguments(arguments)
    if given.version:
        ports.stdout.write(f"{__version__}\n")
    elif given.help:
        from forecheck.lockfile_lint.voice import usage

        ports.stdout.write(usage())
    if (given.version or given.help) and "path" not in given.values:
        return 0
    request = request_of(merged(given, _configuration(ports.cwd)))
    formats = [one for one in discover.formats() if request.manager in ("", one.manager)]
    found = _files(request, ports.cwd, formats)
    talk = Talk(_voice(request, ports), ports, len(found))
    if request.validates:
        return validated(request, found, formats, talk)
    return by_own_rules(arguments, found, formats, talk)


def _voice(request: "Request", ports: Ports) -> "Voice":
    from forecheck.lockfile_lint.voice import Voice

    terminal = bool(getattr(ports.stdout, "isatty", bool)()) and bool(getattr(ports.stderr, "isatty", bool)())
    plain = bool(ports.env.get("NO_COLOR")) or ports.env.get("TERM") == "dumb"
    encoding = str(getattr(ports.stdout, "encoding", "") or "utf-8").lower().replace("-", "")
    return Voice(
        symbols=not request.plain,
        colour=not request.plain and terminal and not plain,
        unicode=encoding.startswith("utf"),
    )


def _files(request: "Request", cwd: str, formats: "Sequence[Format]") -> "list[Found]":
    """Every path with what it leads to, each file once; raises `NothingThere` where one leads to nothing."""
    from forecheck.cli.refusal import NothingThere
    from forecheck.lockfile_lint.patterns import left_out

    found: dict[str, Found] = {}
    without: list[re.Pattern[str]] = []
    for path in request.paths:
        if path.startswith("!") and not os.path.lexists(os.path.join(cwd, path)):
            without.append(left_out(path))
            continue
        for one in _found(path, cwd, formats):
            found.setdefault(os.path.realpath(one.full), one)
    kept = [
        one
        for one in found.values()
        if not any(pattern.fullmatch(one.shown.removeprefix("./")) for pattern in without)
    ]
    if not kept:
        raise NothingThere(
            "--path: every file is left out again", "lockfile-lint exits 0 here without a word"
        )
    return kept


def _found(path: str, cwd: str, formats: "Sequence[Format]") -> "Iterator[Found]":
    from forecheck.adapters.lockfiles import NoLockfile, expand, lockfile_names
    from forecheck.cli.refusal import NothingThere
    from forecheck.lockfile_lint.patterns import alternatives

    there = os.path.lexists(os.path.join(cwd, path))
    nothing: NoLockfile | None = NoLockfile(path, "does not exist")
    for one in [path] if there else alternatives(path):
        try:
            yield from expand([one], cwd, lockfile_names(formats))
            nothing = None
        except NoLockfile as wrong:
            nothing = nothing and wrong
    if nothing is not None:
        why = str(nothing) if there or path == nothing.given else f"{path}: leads to no lockfile"
        raise NothingThere(why, "lockfile-lint exits 0 here without a word")


def _configuration(cwd: str) -> "Given":
    """What the first configuration file of the folder says; raises `NotAsMeant` for one that cannot be used."""
    from forecheck.lockfile_lint.arguments import Given
    from forecheck.lockfile_lint.configuration import (
        KEY,
        MANIFEST,
        SEARCHED,
        is_program,
        no_programs,
        read_configuration,
    )

    for name in SEARCHED:
        path = os.path.join(cwd, name)
        if not os.path.lexists(path):
            continue
        if is_program(name):
            raise no_programs(name)
        document = _document(name, path)
        if name == MANIFEST:
            if isinstance(document, dict) and document.get(KEY) is not None:
                return read_configuration(document[KEY], f"{MANIFEST}: {KEY}")
        elif document is not None:
            return read_configuration(document, name)
    return Given({})


def _document(name: str, path: str) -> Any:
    """A file's JSON or YAML; None for one that holds nothing, which cosmiconfig passes over too."""
    import msgspec

    from forecheck.adapters.files import LocalFiles
    from forecheck.lockfile_lint.configuration import MANIFEST, broken
    from forecheck.model import Unavailable

    try:
        data = LocalFiles("/").read(path).removeprefix(b"\xef\xbb\xbf")
    except Unavailable as wrong:
        raise broken(name, wrong.reason) from None
    if not data.strip():
        return None
    if len(data) > _MAX_CONFIGURATION * (16 if name == MANIFEST else 1):
        raise broken(name, "it is too large")
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        if name.endswith(".json"):
            raise broken(name, str(wrong)) from None
    return _yaml(name, data)


def _yaml(name: str, data: bytes) -> Any:
    import yaml

    from forecheck.lockfile_lint.configuration import broken

    try:
        return yaml.safe_load(data.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as wrong:
        raise broken(name, " ".join(str(wrong).split())[:200]) from None

"""`forecheck trust`: let a project's forecheck.toml loosen the user's own policy, as it stands now."""

import argparse
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.report import Exit

if TYPE_CHECKING:
    from forecheck.adapters.settings import Places
    from forecheck.config import FileConfig, Notice


def add_parser(subparsers: Any) -> None:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "trust",
        help="let this project's forecheck.toml loosen your own policy",
        description="A project's forecheck.toml can make your policy stricter. To follow the rest of it (exceptions, "
        "checks switched off, where evidence comes from), trust it: until the file changes.",
    )
    parser.add_argument("folder", nargs="?", default="", help="the project (default: this folder)")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--revoke", action="store_true", help="trust it no longer")
    instead.add_argument("--list", action="store_true", help="list the files you trust")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, ports: Ports) -> int:
    """Raises `ConfigError` where a file cannot be followed, `UsageRefused` where there is none."""
    from forecheck.adapters.settings import places

    user = places(ports.env, ports.cwd)
    folder = os.path.join(ports.cwd, args.folder)
    if args.list:
        return _list(user, ports)
    return _revoke(folder, user, ports) if args.revoke else _trust(folder, user, ports)


def _trust(folder: str, user: "Places", ports: Ports) -> int:
    from forecheck.adapters.settings import find_project, read, read_book, read_user
    from forecheck.adapters.settings_writing import write_book
    from forecheck.config import merge, parse
    from forecheck.config.trust import TrustRecord
    from forecheck.discover import checks
    from forecheck.text import escape

    path = find_project(folder, user)
    if not path:
        where = os.path.realpath(folder)
        raise UsageRefused(f"there is no forecheck.toml in {where} or above it in the repository")
    book = read_book(user.trust)
    document = read(path)
    project = parse(document.text, path, checks())
    _, notices = merge(read_user(user, checks()), project, trusted=False, checks=checks())
    write_book(user.trust, book.with_file(document.path, TrustRecord(document.sha256, ports.now())))
    for line in _loosened(project, notices):
        ports.stdout.write(f"{escape(line)}\n")
    ports.stdout.write(f"{escape(path)} is trusted until it changes\n")
    return Exit.ALLOW


def _loosened(project: "FileConfig", notices: "tuple[Notice, ...]") -> Iterator[str]:
    """What following the file means beyond making the user's policy stricter."""
    if not notices:
        yield "It asks for nothing that is looser than your own policy."
        return
    yield "From now on these are followed:"
    for notice in notices:
        if notice.key.startswith("[[ignore]]"):
            continue
        yield f"  line {notice.line}: {notice.key}"
    for ignore in project.ignores:
        line = ignore.where.rpartition(":")[2]
        end = f"until {ignore.until}" if ignore.until else "for ever"
        yield f"  line {line}: {ignore.check} is accepted for {ignore.package} {end}: {ignore.reason}"


def _revoke(folder: str, user: "Places", ports: Ports) -> int:
    from forecheck.adapters.settings import FILE_NAME, find_project, read_book
    from forecheck.adapters.settings_writing import write_book
    from forecheck.text import escape

    book = read_book(user.trust)
    path = os.path.realpath(find_project(folder, user) or os.path.join(folder, FILE_NAME))
    if path not in book.files:
        raise UsageRefused(f"{path} was not trusted", "forecheck trust --list shows what is")
    write_book(user.trust, book.without(path))
    ports.stdout.write(f"{escape(path)} is no longer trusted\n")
    return Exit.ALLOW


def _list(user: "Places", ports: Ports) -> int:
    from forecheck.adapters.settings import exists, read, read_book
    from forecheck.config.trust import Trust
    from forecheck.text import escape

    book = read_book(user.trust)
    for path, record in sorted(book.files.items()):
        state = f"since {record.at.date()}"
        if not exists(path):
            state = "gone"
        elif book.of(path, read(path).sha256) is not Trust.TRUSTED:
            state = "changed, so not trusted any more"
        ports.stdout.write(f"{escape(path)}  {state}\n")
    if not book.files:
        ports.stdout.write("no project's forecheck.toml is trusted\n")
    return Exit.ALLOW

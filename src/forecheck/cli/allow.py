"""`forecheck allow`: record an exception, with its reason and its end."""

import argparse
import os
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any

from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.report import Exit, Ignore

if TYPE_CHECKING:
    from forecheck.adapters.settings import Places

DEFAULT_DAYS = 90


def add_parser(subparsers: Any) -> None:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "allow",
        help="record an exception: accept what one check says of one package",
        description="Accept what one check says of one package, with a reason and until a day. "
        "It goes into your own forecheck.toml and holds in all your projects.",
    )
    parser.add_argument("check", metavar="CHECK", help="the check to make an exception of")
    parser.add_argument(
        "package", metavar="PACKAGE@RANGE", type=_package, help="the package; without a range, every version"
    )
    parser.add_argument("--reason", required=True, type=_reason, help="why, in one line")
    parser.add_argument(
        "--until",
        type=_until,
        metavar="DATE",
        help=f"the last day on which it holds: 2027-01-31, or 30d from now (default: {DEFAULT_DAYS}d)",
    )
    parser.add_argument(
        "--project",
        action="store_true",
        help="write the project's forecheck.toml instead, for all who work on it",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, ports: Ports) -> int:
    """Raises `ConfigError` or `UsageRefused` where something is not right; then nothing was written."""
    from forecheck.adapters.settings import places

    today = ports.now().astimezone(UTC).date()
    until = args.until or timedelta(days=DEFAULT_DAYS)
    try:
        last = today + until if isinstance(until, timedelta) else until
    except OverflowError:
        raise UsageRefused("no calendar goes that far") from None
    if last < today:
        raise UsageRefused(f"{last} is over", "an exception needs a last day that is still to come")
    _known(args.check)
    ignore = Ignore(args.check, args.package, args.reason, last)
    user = places(ports.env, ports.cwd)
    lines = _in_project(ignore, user, ports) if args.project else _in_own(ignore, user)
    ports.stdout.write("".join(f"{line}\n" for line in lines))
    return Exit.ALLOW


def _in_own(ignore: Ignore, user: "Places") -> list[str]:
    from forecheck.adapters.settings_writing import record_exception
    from forecheck.discover import checks

    record_exception(user.config, ignore, checks())
    return _recorded(ignore, user.config)


def _in_project(ignore: Ignore, user: "Places", ports: Ports) -> list[str]:
    """A file that was trusted stays so, and one that is new is the user's own work; any other stays a stranger."""
    from forecheck.adapters.settings import exists, find_project, new_project_path, read, read_book
    from forecheck.adapters.settings_writing import SHARED, record_exception, write_book
    from forecheck.config.trust import Trust, TrustRecord
    from forecheck.discover import checks

    path = find_project(ports.cwd, user) or new_project_path(ports.cwd)
    if os.path.realpath(path) == os.path.realpath(user.config):
        return _in_own(ignore, user)
    book = read_book(user.trust)
    ours = True
    if exists(path):
        before = read(path)
        ours = book.of(before.path, before.sha256) is Trust.TRUSTED
    written = record_exception(path, ignore, checks(), mode=SHARED)
    if ours:
        write_book(user.trust, book.with_file(written.path, TrustRecord(written.sha256, ports.now())))
        return _recorded(ignore, path)
    return [*_recorded(ignore, path), "It has no effect here until you trust that file: forecheck trust"]


def _recorded(ignore: Ignore, path: str) -> list[str]:
    from forecheck.text import escape

    return [
        f"{escape(ignore.check)} is accepted for {escape(ignore.package)} until {ignore.until}",
        f"Recorded in {escape(path)}",
    ]


def _known(name: str) -> None:
    from forecheck.config.errors import did_you_mean
    from forecheck.discover import checks

    names = tuple(check.id for check in checks())
    if name not in names:
        raise UsageRefused(f'there is no check "{name}"', did_you_mean(name, names, "see forecheck checks"))


def _package(text: str) -> str:
    from forecheck.config.exceptions import pattern

    try:
        pattern(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
    return text


def _reason(text: str) -> str:
    if not text.strip() or "\n" in text:
        raise argparse.ArgumentTypeError("a reason is one line that says something")
    return text.strip()


def _until(text: str) -> date | timedelta:
    from forecheck.config.shapes import WrongValue, shape_of

    for kind in (date, timedelta):
        try:
            read: date | timedelta = shape_of(kind).read(text)
        except WrongValue:
            continue
        return read
    raise argparse.ArgumentTypeError("expected a date such as 2027-01-31, or a duration such as 30d")

"""`forecheck db`: the advisory database on this machine."""

import argparse
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from forecheck.cli.options import Options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere, UsageRefused
from forecheck.report import Exit

if TYPE_CHECKING:
    from forecheck.adapters.advisories.importing import Brought, Skip
    from forecheck.advisories.record import AdvisoryStatus
    from forecheck.config import Config

_SHOWN = 5

_DESCRIPTION = """\
Known vulnerabilities and malware are looked up in a database on this machine, so that no one learns what you
install, and an audit works offline. It is made from the OSV database's export of the npm ecosystem (osv.dev), which
holds GitHub's reviewed advisories and the OpenSSF's reports of malicious packages. No account is needed.
"""

_EPILOG = """\
examples:
  forecheck db update             fetch it, or what has changed since
  forecheck db import all.zip     the same without a network: the file is
                                  https://osv-vulnerabilities.storage.googleapis.com/npm/all.zip
  forecheck db status             how much it holds, how old it is, where it is from

in forecheck.toml:
  [sources.osv-export] url        a mirror to fetch from
  [advisories] max-age            how old it may be before an audit says so
  [network] cache-dir             where it is kept, beside the cache
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "db",
        help="the database of known vulnerabilities and malware: update, import, status",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    update = inner.add_parser(
        "update",
        help="fetch it, or what has changed since",
        description="Fetch the whole export the first time and only the changed records after that. The old "
        "database stays in use until the new one is complete; after an interruption, run it again.",
    )
    _add_options(update)
    update.set_defaults(run=run_update)
    load = inner.add_parser(
        "import",
        help="make it from an export that is on disk",
        description="Make the database anew from an OSV export of the npm ecosystem (npm/all.zip).",
    )
    load.add_argument("file", metavar="FILE.zip", help="the export")
    _add_options(load)
    load.set_defaults(run=run_import)
    status = inner.add_parser(
        "status",
        help="how much it holds, how old it is, where it is from",
        description="Show what the database holds. The exit code is 4 where there is none.",
    )
    _add_options(status)
    status.set_defaults(run=run_status)


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Those of forecheck's options that matter here; the others are taken before the command, and do nothing."""
    quiet = argparse.SUPPRESS
    parser.add_argument("--offline", action="store_true", default=quiet, help="use only what is on disk")
    parser.add_argument(
        "-v", "--verbose", action="store_true", default=quiet, help="list all, not the first five"
    )


def run_update(arguments: argparse.Namespace, ports: Ports) -> int:
    options = Options.of(arguments)
    config = _config(ports)
    return _told(lambda: fetch(config, ports, offline=options.offline), options, ports, Exit.WORLD)


def fetch(config: "Config", ports: Ports, *, offline: bool) -> "Brought":
    """Make the database or bring it up to date, progress shown.

    Raises `Unavailable`, `Malformed` and `replacing.Refused`; what was there before is then still in use.
    """
    from forecheck.adapters.advisories.replacing import exclusive
    from forecheck.adapters.advisories.updating import SOURCE, Means, update
    from forecheck.adapters.concurrency import run_concurrently
    from forecheck.adapters.http import HttpClient
    from forecheck.adapters.npm.configuration import read_configuration
    from forecheck.adapters.progress import progress_for

    source = config.sources[SOURCE]
    if not source.enabled:
        raise UsageRefused(
            f"sources.{SOURCE} is switched off in forecheck.toml", "forecheck db import FILE.zip"
        )
    # Seen from the home folder: the database serves every project, so none may say through which proxy it comes.
    registries = read_configuration(ports.env, os.path.expanduser("~"), "", offline=offline).registries
    workers = config.network.max_concurrency
    http = HttpClient(
        credentials_for=registries.credentials_for,
        tls_for=registries.tls_for,
        proxy_for=registries.proxy_for,
        limits={SOURCE: source.limits()},
        offline=offline,
        concurrency=workers,
    )
    progress = progress_for(ports.stderr, ports.env)

    def concurrently(tasks: Sequence[Callable[[], None]]) -> None:
        run_concurrently(tasks, workers)

    try:
        with exclusive(_directory(config, ports)) as workshop:
            return update(workshop, Means(http, source.url, ports.now, progress, concurrently))
    finally:
        progress.done()
        http.close()


def run_import(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.adapters.advisories.importing import import_export
    from forecheck.adapters.advisories.replacing import exclusive
    from forecheck.adapters.progress import progress_for

    options = Options.of(arguments)
    path = os.path.join(ports.cwd, arguments.file)
    try:
        file = open(path, "rb")  # noqa: SIM115  (closed below; only the opening may fail here)
    except OSError as error:
        raise UsageRefused(f"cannot read {arguments.file}: {error.strerror}") from None
    progress = progress_for(ports.stderr, ports.env)

    def bring() -> "Brought":
        with exclusive(_directory(_config(ports), ports)) as workshop:
            return import_export(workshop, file, arguments.file, ports.now(), progress)

    try:
        return _told(bring, options, ports, Exit.USAGE)
    finally:
        progress.done()
        file.close()


def run_status(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.adapters.advisories.database import FILE, Reader, Unusable
    from forecheck.text import escape

    options = Options.of(arguments)
    config = _config(ports)
    path = os.path.join(_directory(config, ports), FILE)
    try:
        with closing(Reader(path)) as reader:
            skipped = reader.skipped()
        size = os.path.getsize(path)
    except FileNotFoundError:
        raise NothingThere(f"there is no advisory database ({path})", "forecheck db update") from None
    except Unusable as unusable:
        hint = "forecheck db update makes it anew" if unusable.ours else "it is not used"
        return _failed(unusable.reason, hint, Exit.WORLD, ports)
    lines = _lines(reader.head.status, config, ports.now())
    if not reader.head.status.fresh(ports.now(), config.advisories.max_age):
        lines.append("→ forecheck db update")
    lines.append(f"kept in    {path} ({size / 1_000_000:.1f} MB)")
    lines += _listed("could not be read", [f"{name}: {why}" for name, why in skipped], options)
    ports.stdout.write("".join(f"{escape(line)}\n" for line in lines))
    return Exit.ALLOW


def _told(bring: "Callable[[], Brought]", options: Options, ports: Ports, bad_data: int) -> int:
    """Run what makes the database and say how it went. `bad_data` is the code for an export that makes no sense."""
    from forecheck.adapters.advisories.replacing import Refused
    from forecheck.decode import Malformed
    from forecheck.model import Unavailable
    from forecheck.text import escape

    try:
        brought = bring()
    except Unavailable as unavailable:
        hint = "the database is as it was; forecheck db import FILE.zip works without a network"
        return _failed(unavailable.reason, hint, Exit.WORLD, ports)
    except Malformed as wrong:
        return _failed(str(wrong), "the database is as it was", bad_data, ports)
    except Refused as refused:
        return _failed(str(refused), refused.hint, Exit.WORLD, ports)
    status = brought.head.status
    lines = [f"the advisory database {_news(brought)}", *_lines(status, _config(ports), ports.now())]
    lines += _listed("could not be read", _skips(brought.skipped), options)
    lines += _listed("could not be fetched, and stay as they were", _skips(brought.missing), options)
    lines += _listed("are gone from the source, and from here", brought.removed, options)
    lines += _listed("files were left out", _skips(brought.ignored), options)
    lines += [f"note: {notice}" for notice in brought.notices]
    ports.stdout.write("".join(f"{escape(line)}\n" for line in lines))
    return Exit.ALLOW


def _news(brought: "Brought") -> str:
    if brought.whole:
        return "was made anew"
    if not brought.read and not brought.removed:
        return "was up to date already"
    return f"is up to date; changed: {_count(brought.read, 'record')}"


def _lines(status: "AdvisoryStatus", config: "Config", now: datetime) -> list[str]:
    """The status, as `db status` shows it."""
    among = f"{status.malware:,} of malware, {status.withdrawn:,} withdrawn"
    return [
        f"holds      {_count(status.records, 'record')}: {among}",
        f"as of      {status.as_of:%Y-%m-%d %H:%M} UTC, {_age(status, config, now)}",
        f"fetched    {status.updated_at:%Y-%m-%d %H:%M} UTC",
        f"from       {status.source}",
    ]


def _age(status: "AdvisoryStatus", config: "Config", now: datetime) -> str:
    from forecheck.config.shapes import duration_text

    age = status.age(now)
    if age is None:
        return "later than this machine's clock, which cannot be right: it counts as out of date"
    allowed = config.advisories.max_age
    known = "less than a day old" if age < timedelta(days=1) else f"{_count(age.days, 'day')} old"
    if age <= allowed:
        return known
    return f"{known}: out of date, for advisories.max-age is {duration_text(allowed)}"


def _listed(what: str, names: Sequence[str], options: Options) -> list[str]:
    if not names:
        return []
    shown = names if options.verbose else names[:_SHOWN]
    more = len(names) - len(shown)
    rest = [f"  and {more} more (--verbose lists them)"] if more else []
    return [f"{len(names):,} {what}:", *(f"  {name}" for name in shown), *rest]


def _skips(skips: "Sequence[Skip]") -> list[str]:
    return [f"{skip.name}: {skip.why}" for skip in skips]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _failed(message: str, hint: str, code: int, ports: Ports) -> int:
    from forecheck.text import escape_lines

    ports.stderr.write(f"forecheck: {escape_lines(message)}\n")
    if hint:
        ports.stderr.write(f"  → {escape_lines(hint)}\n")
    return code


def _config(ports: Ports) -> "Config":
    from forecheck.adapters.settings import load
    from forecheck.discover import checks

    return load(ports.cwd, ports.env, checks()).config


def _directory(config: "Config", ports: Ports) -> str:
    from forecheck.adapters.cache_place import default_directory

    return config.network.cache_dir or default_directory(ports.env)

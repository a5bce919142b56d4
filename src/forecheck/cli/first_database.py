"""The first audit on a machine has no advisory database: offer to fetch it, or fetch it, as the settings say."""

from forecheck.adapters.advisories.store import DiskAdvisories
from forecheck.cli.options import Options, interactive
from forecheck.cli.ports import Ports
from forecheck.config import Config
from forecheck.config.settings import AdvisorySource, WithoutDatabase
from forecheck.model import Unavailable

QUESTION = (
    "There is no database of known vulnerabilities and malware on this machine yet (27 MB, no account).\n"
    "Fetch it now? [Y/n] "
)


def ensure_database(store: DiskAdvisories, config: Config, options: Options, ports: Ports) -> None:
    """Fetch the database where there is none and the settings or the person want it; what goes wrong is said, and the
    audit goes on without: its report tells what that leaves unknown.
    """
    policy = config.advisories.without_database
    wanted = AdvisorySource.DATABASE in config.advisories.sources and config.sources["osv-export"].enabled
    if not wanted or options.offline or policy is WithoutDatabase.SERVICES or not _absent(store):
        return
    if policy is WithoutDatabase.UPDATE or _agreed(ports):
        _fetch(config, options, ports)


def without_database(store: DiskAdvisories, config: Config) -> tuple[str, ...]:
    """What is asked instead, where there is no database."""
    if AdvisorySource.DATABASE not in config.advisories.sources or not _absent(store):
        return ()
    services = [
        words
        for name, words in (
            ("osv-api", config.sources["osv-api"].url),
            ("registry-advisories", "the registries"),
        )
        if config.sources[name].enabled
    ]
    instead = f"asked instead: {' and '.join(services)}" if services else "nobody was asked instead"
    return (f"there is no advisory database on this machine; {instead} (forecheck db update fetches it)",)


def _absent(store: DiskAdvisories) -> bool:
    """Whether there is none at all; one that cannot be used is for the report to tell."""
    try:
        return store.status() is None
    except Unavailable:
        return False


def _agreed(ports: Ports) -> bool:
    """Fetching changes nothing of anybody's, so Enter means yes. The end of input does not, nor does nobody."""
    if not interactive((ports.stdin, ports.stderr), ports.env):
        return False
    ports.stderr.write(QUESTION)
    ports.stderr.flush()
    answer = ports.stdin.readline()
    return bool(answer) and answer.strip().lower() in ("", "y", "yes")


def _fetch(config: Config, options: Options, ports: Ports) -> None:
    from forecheck.adapters.advisories.replacing import Refused
    from forecheck.cli.db import fetch
    from forecheck.decode import Malformed
    from forecheck.text import escape

    try:
        fetch(config, ports, offline=options.offline)
    except (Unavailable, Malformed, Refused) as wrong:
        ports.stderr.write(f"forecheck: the advisory database could not be fetched: {escape(str(wrong))}\n")

"""`forecheck lockfile lint --fix`: what is certain is shown as a diff, asked about, and written in one piece."""

import os
from collections.abc import Sequence

from forecheck.adapters.lockfiles import Found, read
from forecheck.adapters.registries import registries_at
from forecheck.analysis.lock_fixes import diff, secure_addresses
from forecheck.cli.options import interactive
from forecheck.cli.ports import Ports
from forecheck.lockfiles.format import Format
from forecheck.text import escape


def offer_fixes(
    found: Sequence[Found], formats: Sequence[Format], ports: Ports, hosts: tuple[str, ...], *, yes: bool
) -> None:
    """Show what would change in each file and change it if somebody says yes; `--yes` says it beforehand."""
    for one in found:
        registries = registries_at(os.path.dirname(os.path.abspath(one.full)), ports.env, hosts)
        file = read(one, formats, registries.registry_for)
        if file.lockfile is None:
            continue
        fixed = secure_addresses(file.data, file.lockfile, registries.bases_by_host())
        if fixed == file.data:
            continue
        ports.stderr.writelines(f"{escape(line)}\n" for line in diff(file.data, fixed, one.shown))
        if yes or _agreed(ports, one.shown):
            _write(os.path.realpath(one.full), fixed)
            ports.stderr.write(f"{escape(one.shown)}: written\n")
        else:
            ports.stderr.write(f"{escape(one.shown)}: not changed (--yes writes it)\n")


def _agreed(ports: Ports, path: str) -> bool:
    if not interactive((ports.stdin, ports.stderr), ports.env):
        return False
    ports.stderr.write(f"Change {escape(path)}? [y/N] ")
    ports.stderr.flush()
    return ports.stdin.readline().strip().lower() in ("y", "yes")


def _write(path: str, data: bytes) -> None:
    """The whole file or nothing, with the permissions it had."""
    temporary = f"{path}.forecheck-{os.getpid()}"
    mode = os.stat(path).st_mode & 0o7777
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise

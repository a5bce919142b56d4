"""forecheck from Python: the two audits that install nothing, with typed results.

    from forecheck.api import Decision, check

    report = check(["express@5"])
    if report.verdict.decision is Decision.BLOCK: ...

Settings are found as the command line finds them; nothing is printed. Every call raises
`ConfigError` for a forecheck.toml that cannot be followed, `Malformed` for a lockfile or an npm configuration file
that cannot be read, `NpmError` where npm is missing, too old or fails, and `RegistryUnreachable` where a registry
answered nothing. Evidence that could not be had raises nothing: it is a `Skipped` outcome in the report.
"""

import io
import os
from collections.abc import Sequence
from datetime import UTC, datetime

from forecheck.adapters.npm.program import NpmError, find_npm
from forecheck.app import RegistryUnreachable
from forecheck.cli.options import Options
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import NothingThere
from forecheck.cli.session import open_workbench
from forecheck.config import ConfigError
from forecheck.decode import Malformed
from forecheck.model import Crashed, Decision, Finding, Passed, Skipped
from forecheck.npm.spec import InvalidSpec, parse
from forecheck.report import Report, Verdict

__all__ = [
    "ConfigError",
    "Crashed",
    "Decision",
    "Finding",
    "InvalidSpec",
    "Malformed",
    "NothingThere",
    "NpmError",
    "Passed",
    "RegistryUnreachable",
    "Report",
    "Skipped",
    "Verdict",
    "audit_project",
    "check",
]


def check(
    specs: Sequence[str], *, cwd: str = ".", config: str | None = None, offline: bool = False
) -> Report:
    """Audit packages and all they depend on, as `forecheck check` does.

    `specs` are what `npm install` takes; relative ones, and the project's .npmrc, are looked up from `cwd`.
    `config` is a forecheck.toml to use as the user's own. Raises `InvalidSpec` for what npm would not take.
    """
    ports = _ports(cwd, config)
    for spec in specs:
        parse(spec, ports.cwd)
    program = find_npm(ports.env)
    with open_workbench(Options(offline=offline), ports, program) as workbench:
        manager = workbench.check_manager(tuple(specs), program)
        try:
            return workbench.audit(f"check {' '.join(specs)}", manager).report
        finally:
            manager.close()


def audit_project(folder: str = ".", *, config: str | None = None, offline: bool = False) -> Report:
    """Audit a project as its lockfile says, as `forecheck audit` does; without one, what npm would write.

    Raises `NothingThere` where there is neither a lockfile nor a package.json.
    """
    with open_workbench(Options(offline=offline), _ports(folder, config), None) as workbench:
        dossier = workbench.own_lockfile()
        manager = workbench.lockfile_manager(dossier)
        try:
            return workbench.audit(f"audit {folder}", manager, dossier).report
        finally:
            manager.close()


def _ports(cwd: str, config: str | None) -> Ports:
    env = dict(os.environ)
    if config is not None:
        env["FORECHECK_CONFIG"] = os.path.abspath(config)
    return Ports(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        env=env,
        cwd=os.path.abspath(cwd),
        now=lambda: datetime.now(UTC),
    )

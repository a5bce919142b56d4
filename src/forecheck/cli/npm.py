"""`forecheck npm …` and `forecheck npx …`: an audit in front of whatever can bring code in or run it."""

import os
from typing import TYPE_CHECKING

from forecheck.cli.enforce import Installer, enforce
from forecheck.cli.options import Options
from forecheck.cli.output import chosen_reporter, write_report
from forecheck.cli.ports import Ports
from forecheck.cli.session import Workbench, open_workbench
from forecheck.npm.commandline import Action, Invocation, classify, classify_npx
from forecheck.resolve.npm_commands import Refused

if TYPE_CHECKING:
    from forecheck.adapters.npm.program import NpmProgram

_PROJECT = {
    Action.INSTALL,
    Action.CI,
    Action.UPDATE,
    Action.DEDUPE,
    Action.AUDIT_FIX,
    Action.INSTALL_TEST,
    Action.INSTALL_CI_TEST,
    Action.UNINSTALL,
    Action.PRUNE,
}
_REASONS = {
    Action.LINK: (
        "npm link installs into the global folder and the project at once, and reads no lockfile for the first",
        "npm install FOLDER links a folder into this project, and forecheck can audit that",
    ),
    Action.FETCH: (
        "this downloads packages (and for git ones runs their scripts) without a lockfile to hold it to",
        "forecheck check SPEC looks at the same packages",
    ),
    Action.PATCH: ("npm patch extracts packages and changes the tree in ways forecheck cannot audit yet", ""),
    Action.WORKSPACE_UPDATE: (
        "this command also installs the workspace's dependencies",
        "add --no-workspaces-update, then run forecheck npm install",
    ),
    Action.UNKNOWN: ("no npm that forecheck knows has this command, so what it does is not known", ""),
}


def run(program_name: str, arguments: list[str], options: Options, ports: Ports) -> int:
    """Audit and then run one npm or npx command; gives the exit code."""
    from forecheck.adapters.npm.applying import run_npm
    from forecheck.adapters.npm.program import find_npm

    chosen_reporter(options)
    program = find_npm(ports.env, program_name)
    read = classify_npx if program_name == "npx" else classify
    call = read(arguments, ports.env, npm_version=program.version)
    if call.action is Action.PASS:
        return run_npm(program, arguments, ports.cwd, ports.env)
    if program_name == "npx":
        program = find_npm(ports.env)
    with open_workbench(options, ports, program, call) as workbench:
        call = _read_again(call, workbench, program, ports)
        if call.action is Action.PASS or _is_local(call, workbench):
            return run_npm(program, call.argv, ports.cwd, ports.env)
        manager = _manager(call, workbench, program)
        try:
            goes_by_it = call.action in _PROJECT and not call.global_
            locked = workbench.own_lockfile("npm") if goes_by_it else None
            audit = workbench.audit(_shown(call), manager, locked)
            if write_report(audit.report, options, ports, wrapping=True) is ports.stdout:
                os.dup2(
                    ports.stderr.fileno(), ports.stdout.fileno()
                )  # whoever parses it must not read npm's words
            return enforce(audit, manager, workbench.session.config, options, ports)
        finally:
            manager.close()


def _read_again(call: Invocation, workbench: Workbench, program: "NpmProgram", ports: Ports) -> Invocation:
    """The same command line in the light of the .npmrc files, which set what it leaves open."""
    return classify(
        call.argv,
        ports.env,
        npm_version=program.version,
        config_lookup=workbench.configuration.text_of,
        in_workspace=workbench.configuration.in_workspace,
    )


def _shown(call: Invocation) -> str:
    """The command for the report, without the values of options that hold credentials."""
    secret = {option.value_at for option in call.options if _is_secret(option.name)}
    words = [
        f"{word.partition('=')[0]}=***" if index in secret else word for index, word in enumerate(call.argv)
    ]
    return f"npm {' '.join(words)}"


def _is_secret(option: str) -> bool:
    return option.startswith(("/", "_")) or option in ("otp", "password")


def _manager(call: Invocation, workbench: Workbench, program: "NpmProgram") -> Installer:
    if call.action in (Action.EXEC, Action.INIT):
        return workbench.exec_manager(call, program)
    if call.action in _PROJECT:
        if call.global_:
            return workbench.global_manager(call, program)
        return workbench.project_manager(call, program)
    if call.action is Action.REBUILD:
        return workbench.rebuild_manager(call, program)
    reason, hint = _REASONS[call.action]
    raise Refused(f"npm {call.typed.text if call.typed else ''} is refused: {reason}", hint)


def _is_local(call: Invocation, workbench: Workbench) -> bool:
    """Whether `npm exec` would run what is installed already: then it brings nothing in.

    npm looks for the command in node_modules/.bin from the project upwards, then in the global folder, before it
    thinks of installing anything (libnpmexec 10). Raises `Refused` for the project's own binary: npm installs the
    project into its cache to run it.
    """
    if call.action is not Action.EXEC:
        return False
    if not call.specs:
        return True
    command = call.arguments[0] if call.arguments and not call.packages else ""
    if not command or os.sep in command or command in (".", ".."):
        return False
    if command in workbench.own_binaries():
        raise Refused(
            f"{command} is this project's own command; npm exec would install the project into its cache first",
            "run it with node, or from a script in package.json",
        )
    return any(os.path.isfile(os.path.join(folder, command)) for folder in workbench.binary_folders())

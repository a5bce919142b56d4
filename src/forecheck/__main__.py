"""The entry point, and the fast path: a command that installs nothing reaches npm before anything is imported."""

import os
import sys

from forecheck import __version__

WRAPPED = ("npm", "npx")

_OBJECTS_BETWEEN_COLLECTIONS = 200_000
"""A run makes a few hundred thousand objects and hardly a cycle: looking for cycles took a fifth of its time."""


def main() -> int:
    """Run forecheck with the process's own arguments; gives the exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"forecheck {__version__}")
        return 0
    if arguments and arguments[0] in WRAPPED:
        pass_through(arguments[0], arguments[1:])
    import gc

    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    from forecheck.cli.main import run

    return run(arguments)


def pass_through(program: str, arguments: list[str]) -> None:
    """Become npm if the command can bring nothing in, whatever npm's version; return otherwise."""
    from forecheck.npm.commandline import Action, classify, classify_npx

    read = classify_npx if program == "npx" else classify
    call = read(arguments, os.environ)
    if call.action is not Action.PASS:
        return
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = os.path.join(folder, program)
        if os.name == "posix" and os.access(found, os.X_OK) and not os.path.isdir(found):
            sys.stdout.flush()
            os.execv(found, [found, *arguments])  # noqa: S606  (no shell is the point)


if __name__ == "__main__":
    sys.exit(main())

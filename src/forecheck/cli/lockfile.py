"""`forecheck lockfile …`: commands that work on lockfiles as files."""

import argparse


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    from forecheck.cli import lockfile_diff, lockfile_lint, lockfile_verify

    group = commands.add_parser(
        "lockfile",
        help="look at lockfiles themselves, of any package manager",
        description="Commands on lockfiles of npm, yarn, pnpm, bun, deno and vlt. Nothing is installed.",
    )
    inner = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (lockfile_lint, lockfile_verify, lockfile_diff):
        command.add_parser(inner)

"""`forecheck checks`: every check, a line each."""

import argparse

from forecheck.cli.ports import Ports


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "checks", help="list every check", description="List every check, a line each."
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace, ports: Ports) -> int:
    from forecheck.discover import checks

    found = checks()
    width = max(len(check.id) for check in found)
    category = ""
    for check in found:
        if check.category != category:
            category = check.category
            ports.stdout.write(f"{category}\n")
        ports.stdout.write(f"  {check.id:<{width}}  {check.severity.label:<8}  {check.title}\n")
    ports.stdout.write("\nforecheck explain CHECK tells what it means, why it matters and what to do.\n")
    return 0

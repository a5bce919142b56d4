"""`forecheck explain CHECK`: the check's own page."""

import argparse

from forecheck.cli.ports import Ports


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "explain",
        help="what a check looks for, why it matters and what to do",
        description="Print a check's own page: what it means, why it matters, what to do, what it cannot know, "
        "its options and examples.",
    )
    parser.add_argument("check", metavar="CHECK", help="the check's name, as findings show it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.cli.refusal import UsageRefused
    from forecheck.discover import checks
    from forecheck.pages import check_page

    known = {check.id: check for check in checks()}
    if arguments.check not in known:
        from difflib import get_close_matches

        close = get_close_matches(arguments.check, known, 1)
        hint = f"did you mean {close[0]}?" if close else "forecheck checks lists them"
        raise UsageRefused(f"there is no check called {arguments.check}", hint)
    ports.stdout.write(check_page(known[arguments.check]))
    return 0

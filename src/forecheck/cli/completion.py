"""`forecheck completion SHELL`: a completion script for the shell."""

import argparse

from forecheck.cli.ports import Ports

COMMANDS = ("npm", "npx", "check", "audit", "checks", "explain", "allow", "trust", "keys", "db", "completion")
OPTIONS = (
    "--dry-run",
    "--yes",
    "--strict",
    "--offline",
    "--verbose",
    "--format",
    "--output",
    "--color",
    "--version",
    "--help",
)

_BASH = """\
_forecheck() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
  case "$previous" in
    explain|allow) COMPREPLY=($(compgen -W "{checks}" -- "$word")) ;;
    --format) COMPREPLY=($(compgen -W "{formats}" -- "$word")) ;;
    --color) COMPREPLY=($(compgen -W "auto always never" -- "$word")) ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "{commands} {options}" -- "$word")) ;;
  esac
}}
complete -o default -F _forecheck forecheck
"""

_FISH = """\
complete -c forecheck -f -n __fish_use_subcommand -a "{commands}"
complete -c forecheck -f -n "__fish_seen_subcommand_from explain allow" -a "{checks}"
complete -c forecheck -f -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c forecheck -l format -x -a "{formats}"
complete -c forecheck -l color -x -a "auto always never"
complete -c forecheck -l dry-run -l yes -l strict -l offline -l verbose -l version -l help
complete -c forecheck -l output -r
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        description='Print a completion script: eval "$(forecheck completion bash)"',
    )
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, ports: Ports) -> int:
    from forecheck.discover import checks, reporters

    words = {
        "commands": " ".join(COMMANDS),
        "options": " ".join(OPTIONS),
        "checks": " ".join(check.id for check in checks()),
        "formats": " ".join(reporter.id for reporter in reporters()),
    }
    if arguments.shell == "zsh":
        ports.stdout.write("autoload -U +X bashcompinit && bashcompinit\n")
    ports.stdout.write((_FISH if arguments.shell == "fish" else _BASH).format(**words))
    return 0

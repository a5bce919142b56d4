"""npx's own reading of its arguments, before it hands them to `npm exec` (bin/npx-cli.js of npm 10 to 12)."""

from forecheck.npm.argv import types_of
from forecheck.npm.options import SHORTHANDS

_REMOVED_SWITCHES = {"always-spawn", "ignore-existing", "shell-auto-fallback"}
_REMOVED = {*_REMOVED_SWITCHES, "npm", "node-arg", "n"}
_SWITCHES = {*_REMOVED_SWITCHES, "no-install", "quiet", "q", "version", "v", "help", "h"}
_TAKE_VALUE = {"npm", "node-arg", "n", "package", "p", "cache", "userconfig", "call", "c", "shell"}


def _is_switch(key: str, bit: int) -> bool:
    return key in _SWITCHES or "Boolean" in types_of(key, bit).split("|")


def as_npm_exec(argv: list[str], bit: int) -> list[str]:
    """What `npx argv…` is for npm: `exec`, npx's options in npm's words, `--`, and the rest as it is."""
    args = list(argv)
    i = 0
    while i < len(args):
        arg = args[i]
        if arg == "--":
            break
        if arg[:1] != "-":
            args.insert(i, "--")
            break
        key, *given = arg.lstrip("-").split("=")
        shorthand = SHORTHANDS.get(key)
        if key == "p":
            args[i] = "=".join(["--package", *given])
        elif key == "shell":
            args[i] = "=".join(["--script-shell", *given])
        elif key == "no-install":
            args[i] = "--yes=false"
        elif shorthand is not None and shorthand[0] & bit and key not in _REMOVED:
            args[i : i + 1] = [*shorthand[1], *(["=".join(given)] if given else [])]
            continue
        if key in _REMOVED:
            del args[i]
            i -= 1
        following = args[i + 1] if i + 1 < len(args) else ""
        if not given and not _is_switch(key, bit) and (key in _TAKE_VALUE or following[:1] != "-"):
            if key in _REMOVED:
                del args[i + 1 : i + 2]
            else:
                i += 1
        i += 1
    return ["exec", *args]

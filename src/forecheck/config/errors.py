"""What is wrong with a forecheck.toml: always with its file and line."""


class ConfigError(Exception):
    """The user's file cannot be followed. `line` is 1-based; `hint` says what to write instead, or is empty.

    The texts quote the file, which may be hostile: escape them before they reach a terminal.
    """

    def __init__(self, path: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(f"{path}:{line}: {what}{f' ({hint})' if hint else ''}")
        self.path = path
        self.line = line
        self.what = what
        self.hint = hint


def did_you_mean(wrong: str, known: tuple[str, ...], otherwise: str = "") -> str:
    """A hint that names the known word closest to `wrong`, or `otherwise`."""
    from difflib import get_close_matches

    close = get_close_matches(wrong[:100], known, n=1)
    return f"did you mean {close[0]}?" if close else otherwise

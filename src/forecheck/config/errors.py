"""What is wrong with a forecheck.toml: always with its file and line."""

from forecheck.text import escape


class ConfigError(Exception):
    """The user's file cannot be followed. `line` is 1-based; `hint` says what to write instead, or is empty.

    The file may be hostile, so whatever the texts quote from it has been made harmless, on one line.
    """

    def __init__(self, path: str, line: int, what: str, hint: str = "") -> None:
        super().__init__(f"{escape(path)}:{line}: {escape(what)}")
        self.path = path
        self.line = line
        self.what = escape(what)
        self.hint = escape(hint)


def did_you_mean(wrong: str, known: tuple[str, ...], otherwise: str = "") -> str:
    """A hint that names the known word closest to `wrong`, or `otherwise`."""
    from difflib import get_close_matches

    close = get_close_matches(wrong[:100], known, n=1)
    return f"did you mean {close[0]}?" if close else otherwise

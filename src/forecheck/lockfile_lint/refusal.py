"""What lockfile-lint would have taken without a word, and would have looked at less for it."""


class NotAsMeant(Exception):  # noqa: N818  (shown as a message)
    """A command line or configuration that cannot be followed; `original` is what lockfile-lint makes of it."""

    def __init__(self, message: str, original: str = "") -> None:
        super().__init__(message)
        self.original = original

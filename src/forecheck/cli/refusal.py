"""What the person asked for cannot be done as asked."""


class UsageRefused(Exception):  # noqa: N818  (shown as a message)
    """A command line that makes no sense; `hint` is what to do instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NothingThere(UsageRefused):
    """A folder with nothing to examine, which is not success."""

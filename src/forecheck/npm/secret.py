"""Text that must not be seen: tokens, passwords, private keys."""

from typing import NoReturn


class Secret:
    """Holds a text that only `reveal()` gives out.

    Its repr, str and format are the same for every secret; it cannot be pickled, and msgspec refuses to
    encode it, so a report that holds one fails instead of telling it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled or copied out")

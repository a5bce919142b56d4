"""How much a package name is used, from the bundled list of popular npm packages."""

from functools import cache
from typing import Self
from zlib import crc32

from forecheck.data import read_text


class Popularity:
    """Popular names, most used first; a name that is not in it is simply not among them.

    Compared and hashed by identity, so that what is derived from a list can be kept per list.
    """

    def __init__(self, downloads: dict[str, int | None]) -> None:
        """`downloads`: monthly downloads by name, most important name first; None where nobody counted."""
        self._downloads = downloads
        self._ranks: dict[str, int] | None = None
        self._digest = ""

    @staticmethod
    def load() -> "Popularity":
        """The bundled list; read once in a process."""
        return _bundled()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name count` lines (`-` for an unknown count) under `#` comments; ValueError for anything else."""
        start = 0
        while text.startswith("#", start):
            start = text.find("\n", start) + 1 or len(text)
        body = text[start:]
        fields = body.split()
        if len(fields) != 2 * len(body.splitlines()):
            raise ValueError("a popularity list has one name and one count a line")
        return cls(
            {
                name: None if count == "-" else int(count)
                for name, count in zip(fields[0::2], fields[1::2], strict=True)
            }
        )

    @property
    def digest(self) -> str:
        """Tells lists apart: names, counts and their order."""
        if not self._digest:
            self._digest = f"{len(self._downloads)}-{crc32(repr(self._downloads).encode()):08x}"
        return self._digest

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._downloads)

    def __contains__(self, name: object) -> bool:
        return name in self._downloads

    def __len__(self) -> int:
        return len(self._downloads)

    def rank(self, name: str) -> int | None:
        """1 for the most important name; None for a name that is not listed."""
        if self._ranks is None:
            self._ranks = {listed: place for place, listed in enumerate(self._downloads, start=1)}
        return self._ranks.get(name)

    def monthly_downloads(self, name: str) -> int | None:
        """Downloads a month to three digits; None for a name that is not listed or was not counted."""
        return self._downloads.get(name)


@cache
def _bundled() -> Popularity:
    return Popularity.parse(read_text("popular-npm.txt"))

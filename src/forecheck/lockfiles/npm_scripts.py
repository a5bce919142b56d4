"""Install scripts that stand in an npm lockfile itself, where npm never writes any."""

from collections.abc import Iterator, Mapping

from forecheck.lockfiles.npm_wire import WireEntry
from forecheck.lockfiles.pointers import pointer
from forecheck.model import Location, Remark, RemarkKind


def scripts(packages: Mapping[str, WireEntry], path: str) -> Iterator[Remark]:
    """A remark for each entry with `scripts`: npm 7 to 11 run them in the place of the package's own (arborist 9,
    rebuild.js reads them off the entry), whether the entry has `hasInstallScript` or not.
    """
    for location, wire in packages.items():
        if wire.scripts is not None:
            message = f"{location or 'the project'} has scripts in the lockfile itself, which npm runs"
            yield Remark(
                RemarkKind.SCRIPTS, location, message, Location(path, pointer=pointer("packages", location))
            )

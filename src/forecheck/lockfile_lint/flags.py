"""The options of lockfile-lint 5.0, and the spellings that yargs takes for each."""

from enum import StrEnum
from typing import Final

import msgspec


class Kind(StrEnum):
    """What an option takes: one text, true or false, or any number of texts."""

    TEXT = "text"
    SWITCH = "switch"
    LIST = "list"


class Flag(msgspec.Struct, frozen=True):
    """An option by its long name without dashes, its letter (if it has one), and a line of help."""

    name: str
    letter: str
    kind: Kind
    help: str

    @property
    def shown(self) -> str:
        return f"--{self.name}"


FLAGS: Final = (
    Flag("path", "p", Kind.TEXT, "lockfile, folder or pattern; may be repeated"),
    Flag("type", "t", Kind.TEXT, "npm, yarn, pnpm, bun, deno or vlt; told from the file if left out"),
    Flag("validate-https", "s", Kind.SWITCH, "everything must be fetched over HTTPS"),
    Flag("validate-package-names", "n", Kind.SWITCH, "an address must be that of the package; needs -a"),
    Flag("validate-integrity", "i", Kind.SWITCH, "every package needs a SHA-512"),
    Flag(
        "empty-hostname",
        "e",
        Kind.SWITCH,
        "sources without a host are fine if the project asks for them (true)",
    ),
    Flag("allowed-hosts", "a", Kind.LIST, "hosts that packages may come from; also npm, yarn, verdaccio"),
    Flag("allowed-schemes", "o", Kind.LIST, "schemes that sources may have, with the colon; not with -s"),
    Flag("allowed-urls", "u", Kind.LIST, "exact sources that are fine whatever their host"),
    Flag("allowed-package-name-aliases", "l", Kind.LIST, "NAME:REAL pairs that -n takes"),
    Flag("integrity-exclude", "", Kind.LIST, "packages that -i leaves out"),
    Flag("format", "f", Kind.TEXT, "pretty (default) or plain"),
)
"""In the order of lockfile-lint's help."""

ASIDE: Final = (
    Flag("help", "h", Kind.SWITCH, "show this"),
    Flag("version", "", Kind.SWITCH, "show forecheck's version"),
)


def flag_called(spelling: str) -> Flag | None:
    """The option of that name, letter or camelCase name, without dashes; a configuration's keys are the same."""
    return _SPELLINGS.get(spelling)


def nearest(spelling: str) -> str:
    """The option that may have been meant; empty if none is near."""
    from difflib import get_close_matches

    names = {camel(flag.name).lower(): flag.name for flag in FLAGS}
    plain = "".join(char for char in spelling.lower()[:60] if char.isalnum())
    found = get_close_matches(plain, names, n=1, cutoff=0.75)
    return names[found[0]] if found else ""


def camel(name: str) -> str:
    """`allowed-hosts` as `allowedHosts`."""
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest)


_SPELLINGS: Final = {
    spelling: flag
    for flag in (*FLAGS, *ASIDE)
    for spelling in (flag.name, camel(flag.name), flag.letter)
    if spelling
}

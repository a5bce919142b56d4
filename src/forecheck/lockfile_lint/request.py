"""What is asked for: options of the command line and the configuration together, each value made sure of."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from forecheck.lockfile_lint.arguments import Given, Value
from forecheck.lockfile_lint.flags import FLAGS, Kind
from forecheck.lockfile_lint.refusal import NotAsMeant
from forecheck.npm.weburl import parse_web_url

SHORTHANDS: Final[Mapping[str, str]] = {
    "npm": "registry.npmjs.org",
    "yarn": "registry.yarnpkg.com",
    "verdaccio": "registry.verdaccio.org",
}
OFFICIAL: Final = frozenset(SHORTHANDS.values())
_MANAGERS: Final[Mapping[str, str]] = {
    "npm": "npm",
    "npmjs": "npm",
    "yarn": "yarn",
    "yarnpkg": "yarn",
    **{name: name for name in ("pnpm", "bun", "deno", "vlt")},
}
_LOCKFILES: Final = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "vlt-lock.json",
    }
)
_NEVER = "takes it and lets nothing match"


class Request(msgspec.Struct, frozen=True):
    """`hosts`, `schemes` and `urls` are None where they were not asked for; an empty one allows nothing.

    `aliases` are names with the real names allowed for them, an empty one standing for any. `manager` is empty where
    each file tells by itself. `excluded` are names that need no integrity.
    """

    paths: tuple[str, ...]
    manager: str = ""
    plain: bool = False
    https: bool = False
    hosts: frozenset[str] | None = None
    schemes: frozenset[str] | None = None
    urls: frozenset[str] | None = None
    names: bool = False
    aliases: Mapping[str, frozenset[str]] = {}
    integrity: bool = False
    excluded: frozenset[str] = frozenset()
    empty_hostname: bool = True

    @property
    def sources(self) -> bool:
        """Whether any validator looks at where packages come from."""
        return self.https or not (self.hosts is self.schemes is self.urls is None)

    @property
    def validates(self) -> bool:
        """Whether any validator was asked for; if not, forecheck's own rules apply."""
        return self.sources or self.names or self.integrity


def request_of(given: Given) -> Request:
    """Check what belongs together and what excludes one another; raises `NotAsMeant`."""
    values = given.values
    _together(values)
    return Request(
        paths=_paths(values),
        manager=_manager(values),
        plain=_choice(values) == "plain",
        https=values.get("validate-https") is True,
        hosts=_set(values, "allowed-hosts", allowed_host),
        schemes=_set(values, "allowed-schemes", _scheme),
        urls=_set(values, "allowed-urls", _filled),
        names=values.get("validate-package-names") is True,
        aliases=_aliases(values),
        integrity=values.get("validate-integrity") is True,
        excluded=_set(values, "integrity-exclude", _filled) or frozenset(),
        empty_hostname=values.get("empty-hostname") is not False,
    )


def _together(values: Mapping[str, Value]) -> None:
    if "validate-https" in values and "allowed-schemes" in values:
        raise NotAsMeant("--validate-https and --allowed-schemes exclude one another")
    for name, needed in (
        ("validate-package-names", "allowed-hosts"),
        ("allowed-package-name-aliases", "validate-package-names"),
        ("integrity-exclude", "validate-integrity"),
    ):
        if name in values and needed not in values:
            silent = "" if name == "validate-package-names" else "leaves it out"
            raise NotAsMeant(f"--{name} does nothing without --{needed}", silent)
    if values.get("empty-hostname") is False and "allowed-hosts" not in values:
        raise NotAsMeant("--empty-hostname false does nothing without --allowed-hosts", "leaves it out")
    for flag in FLAGS:
        listed = values.get(flag.name)
        if flag.kind is Kind.LIST and isinstance(listed, tuple):
            swallowed = next((one for one in listed if one.rpartition("/")[2] in _LOCKFILES), "")
            if swallowed:
                why = f'{flag.shown} takes every word up to the next option, "{swallowed}" too; put --path before it'
                raise NotAsMeant(why, "does not look at that file")


def _paths(values: Mapping[str, Value]) -> tuple[str, ...]:
    value = values.get("path")
    paths = value if isinstance(value, tuple) else (str(value),) if value else ()
    if not paths or not all(paths):
        raise NotAsMeant("--path is missing: which lockfile?")
    return paths


def _manager(values: Mapping[str, Value]) -> str:
    said = values.get("type")
    if said is None:
        return ""
    if said not in _MANAGERS:
        raise NotAsMeant(
            f'--type "{said}" is not known; one of: {", ".join(_MANAGERS)}', "goes by the file's name"
        )
    return _MANAGERS[str(said)]


def _choice(values: Mapping[str, Value]) -> str:
    said = values.get("format", "pretty")
    if said not in ("pretty", "plain"):
        raise NotAsMeant(f'--format "{said}" is not known; one of: plain, pretty')
    return str(said)


def _set(values: Mapping[str, Value], name: str, read: Callable[[str, str], str]) -> frozenset[str] | None:
    listed = values.get(name)
    return frozenset(read(text, f"--{name}") for text in listed) if isinstance(listed, tuple) else None


def allowed_host(text: str, flag: str = "--allowed-hosts") -> str:
    """The host that a value allows: a shorthand, a host with or without its port, or that of a URL."""
    text = _filled(text, flag)
    if text in SHORTHANDS:
        return SHORTHANDS[text]
    if "," in text:
        raise NotAsMeant(f'{flag}: "{text}" is no host; separate them by spaces', _NEVER)
    url = parse_web_url(text)
    if url is None or url.authority is None or not url.authority.host:
        url = parse_web_url(f"https://{text}/")
        if (
            url is None
            or url.authority is None
            or url.path != "/"
            or "*" in text
            or url.authority.credentials
        ):
            raise NotAsMeant(f'{flag}: "{text}" is no host', _NEVER)
    return url.authority.netloc


def _scheme(text: str, flag: str) -> str:
    text = _filled(text, flag)
    if (
        not text.endswith(":")
        or text.count(":") > 1
        or not text[:-1].replace("+", "").replace("-", "").isalnum()
    ):
        name = text.partition(":")[0]
        raise NotAsMeant(f'{flag}: "{text}" is no scheme; write "{name}:"', _NEVER)
    return text.lower()


def _filled(text: str, flag: str) -> str:
    if not text.strip():
        raise NotAsMeant(f"{flag}: an empty value allows nothing", "takes it")
    return text


def _aliases(values: Mapping[str, Value]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    listed = values.get("allowed-package-name-aliases")
    for text in listed if isinstance(listed, tuple) else ():
        name, _, real = _filled(text, "--allowed-package-name-aliases").partition(":")
        found[name] = found.get(name, frozenset()) | {real}
    return found

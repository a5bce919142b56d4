"""Text → FileConfig: every mistake is a ConfigError with its line, never a setting that is passed over."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from forecheck.check import Check, Unknown
from forecheck.config.errors import ConfigError, did_you_mean
from forecheck.config.exceptions import pattern
from forecheck.config.file import (
    AdvisoriesTable,
    CheckTable,
    FileConfig,
    IgnoreTable,
    NetworkTable,
    PolicyTable,
    RegistriesTable,
    SourceTable,
    UnknownTable,
    key_of,
    nearest_line,
    shapes_of,
)
from forecheck.config.places import Place, TooMuch, locate
from forecheck.config.settings import SOURCES
from forecheck.config.shapes import Shape, WrongValue, got, shape_of
from forecheck.model import UnavailableKind
from forecheck.report import Ignore

MAX_CHARACTERS = 512 * 1024
ELSEWHERE = {"dns": ("[network]", "set resolver there")}
"""What names a service instead of its `url`, and what to do."""

SECTIONS = ("policy", "checks", "ignore", "sources", "registries", "network", "advisories")

S = TypeVar("S", bound=msgspec.Struct)


def parse(text: str, path: str, checks: Sequence[Check]) -> FileConfig:
    """Read a forecheck.toml; `path` is what errors call it. Raises `ConfigError` and nothing else."""
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(path, 1, f"the file has more than {MAX_CHARACTERS} characters")
    try:
        places = locate(text)
    except TooMuch as much:
        raise ConfigError(path, much.line, much.what) from None
    document = _load(text, path)
    reader = _Reader(path, places, checks)
    reader.known_keys(document, SECTIONS, ())
    return FileConfig(
        path=path,
        policy=reader.policy(document.get("policy", {})),
        checks=reader.checks(document.get("checks", {})),
        ignores=reader.ignores(document.get("ignore", [])),
        sources=reader.sources(document.get("sources", {})),
        registries=reader.section(RegistriesTable, document.get("registries", {}), ("registries",)),
        network=reader.section(NetworkTable, document.get("network", {}), ("network",)),
        advisories=reader.section(AdvisoriesTable, document.get("advisories", {}), ("advisories",)),
        places=places,
    )


def _load(text: str, path: str) -> dict[str, Any]:
    import re
    import tomllib

    try:
        return tomllib.loads(text)
    except ValueError as wrong:  # TOMLDecodeError, and what int() says of a number
        what, _, where = str(wrong).partition(" (at ")
        found = re.match(r"line ([0-9]+)", where)
        line = int(found[1]) if found else text.count("\n") + 1
        raise ConfigError(path, line, f"not valid TOML: {what}") from None


class _Reader:
    """Reads tables into Structs, one key at a time, so that each mistake has its own line."""

    def __init__(self, path: str, places: Mapping[Place, int], checks: Sequence[Check]) -> None:
        self._path = path
        self._places = places
        self._checks = {check.id: check for check in checks}

    def wrong(self, place: Place, what: str, hint: str = "") -> ConfigError:
        return ConfigError(self._path, nearest_line(self._places, place), what, hint)

    def policy(self, table: object) -> PolicyTable:
        section = dict(self._table(table, ("policy",)))
        self.known_keys(section, tuple(map(key_of, PolicyTable.__struct_fields__)), ("policy",))
        unknown = section.pop("unknown", None)
        policy = self.section(PolicyTable, section, ("policy",))
        if unknown is None:
            return policy
        return msgspec.structs.replace(policy, unknown=self._unknown(unknown))

    def _unknown(self, value: object) -> UnknownTable:
        place = ("policy", "unknown")
        shape = shape_of(Unknown)
        if not isinstance(value, dict):
            return UnknownTable(default=self._read(shape, value, place))
        kinds = {kind.value: kind for kind in UnavailableKind}
        self.known_keys(value, ("default", *kinds), place)
        read = {key: self._read(shape, part, (*place, key)) for key, part in value.items()}
        default = read.pop("default", None)
        return UnknownTable(default=default, by_kind={kinds[key]: part for key, part in read.items()})

    def checks(self, tables: object) -> Mapping[str, CheckTable]:
        found: dict[str, CheckTable] = {}
        for name, table in self._table(tables, ("checks",)).items():
            check = self._check(name, ("checks", name))
            found[name] = self._check_table(check, table, ("checks", name))
        return found

    def _check(self, name: str, place: Place) -> Check:
        if name not in self._checks:
            hint = did_you_mean(name, tuple(self._checks), "see forecheck checks")
            raise self.wrong(place, f'there is no check "{name}"', hint)
        return self._checks[name]

    def _check_table(self, check: Check, table: object, place: Place) -> CheckTable:
        own = {} if check.options is None else shapes_of(check.options)
        general = shapes_of(CheckTable)
        values = self._values({**own, **general}, table, place)
        options = {field: values.pop(field) for field in own if field in values}
        return CheckTable(options=options, **values)

    def ignores(self, tables: object) -> tuple[Ignore, ...]:
        if not isinstance(tables, list):
            raise self.wrong(("ignore",), f"ignore: expected [[ignore]] tables, got {got(tables)}")
        return tuple(self._ignore(table, ("ignore", index)) for index, table in enumerate(tables))

    def _ignore(self, table: object, place: Place) -> Ignore:
        read = self.section(IgnoreTable, table, place)
        if read.check is None or read.package is None or read.reason is None:
            lacking = next(key for key in ("check", "package", "reason") if getattr(read, key) is None)
            raise self.wrong(place, f"an [[ignore]] needs a {lacking}")
        if read.check == "*":
            what = "an [[ignore]] is for one check: what other checks will say is not known yet"
            raise self.wrong((*place, "check"), what)
        self._check(read.check, (*place, "check"))
        try:
            pattern(read.package)
        except ValueError as wrong:
            raise self.wrong((*place, "package"), f"ignore.package: {wrong}") from None
        line = nearest_line(self._places, place)
        return Ignore(read.check, read.package, read.reason, read.until, f"{self._path}:{line}")

    def sources(self, tables: object) -> Mapping[str, SourceTable]:
        section = self._table(tables, ("sources",))
        self.known_keys(section, tuple(SOURCES), ("sources",))
        found: dict[str, SourceTable] = {}
        for name, table in section.items():
            found[name] = self.section(SourceTable, table, ("sources", name))
            if found[name].url is not None and not SOURCES[name].url:
                who, hint = ELSEWHERE.get(name, ("npm's own configuration", "set registry in .npmrc"))
                what = f"sources.{name}.url: {who} says where this is"
                raise self.wrong(("sources", name, "url"), what, hint)
        return found

    def section(self, kind: type[S], table: object, place: Place) -> S:
        return kind(**self._values(shapes_of(kind), table, place))

    def _values(self, shapes: Mapping[str, Shape], table: object, place: Place) -> dict[str, Any]:
        fields = {key_of(field): field for field in shapes}
        section = self._table(table, place)
        self.known_keys(section, tuple(fields), place)
        return {
            fields[key]: self._read(shapes[fields[key]], value, (*place, key))
            for key, value in section.items()
        }

    def _table(self, value: object, place: Place) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(place, f"{_dotted(place)}: expected a table, got {got(value)}")
        return value

    def known_keys(self, table: Mapping[str, Any], known: tuple[str, ...], place: Place) -> None:
        for key in table:
            if key not in known:
                hint = did_you_mean(key, known, f"known here: {', '.join(known)}")
                raise self.wrong((*place, key), f'unknown key "{_dotted((*place, key))}"', hint)

    def _read(self, shape: Shape, value: object, place: Place) -> Any:
        try:
            return shape.read(value)
        except WrongValue as wrong:
            exact = place if wrong.item is None else (*place, wrong.item)
            raise self.wrong(exact, f"{_dotted(place)}: {wrong}", wrong.hint) from None


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place if not isinstance(part, int))

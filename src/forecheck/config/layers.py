"""Several files → one Config. Values replace values, except that a project nobody trusts may only tighten."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from forecheck.check import Check, Option, Unknown, option_metadata
from forecheck.config.file import CheckTable, FileConfig, PolicyTable, UnknownTable, key_of
from forecheck.config.places import Place
from forecheck.config.settings import STRICTNESS, CheckSettings, Config, Meanings, defaults
from forecheck.config.stricter import tighten
from forecheck.model import UnavailableKind
from forecheck.text import escape


class Notice(msgspec.Struct, frozen=True):
    """Something in an untrusted project's file that is not followed; `text` is one harmless line."""

    path: str
    line: int
    key: str
    why: str

    @property
    def text(self) -> str:
        return escape(
            f"{self.path}:{self.line}: {self.key} is not followed: {self.why} (see forecheck trust)"
        )


def merge(
    user: FileConfig | None, project: FileConfig | None, *, trusted: bool, checks: Sequence[Check]
) -> tuple[Config, tuple[Notice, ...]]:
    """The configuration of a run, and what of the project's file it does not follow.

    `checks` are the same that the files were parsed with.
    """
    config = defaults(checks)
    if user is not None:
        config = _follow(config, user)
        config = msgspec.structs.replace(config, user_ignores=user.ignores)
    if project is None:
        return config, ()
    if trusted:
        config = _follow(config, project)
        return msgspec.structs.replace(config, ignores=project.ignores), ()
    tightening = _Tightening(config, project, checks)
    return tightening.apply(), tuple(tightening.notices)


def _follow(config: Config, file: FileConfig) -> Config:
    sources = dict(config.sources)
    for name, source in file.sources.items():
        sources[name] = msgspec.structs.replace(sources[name], **_said(source))
    return msgspec.structs.replace(
        config,
        thresholds=msgspec.structs.replace(config.thresholds, **_said(file.policy, "unknown")),
        checks=_followed_checks(config.checks, file.checks),
        unknown=_meanings(file, config.unknown),
        sources=sources,
        registries=msgspec.structs.replace(config.registries, **_said(file.registries)),
        network=msgspec.structs.replace(config.network, **_said(file.network)),
        advisories=msgspec.structs.replace(config.advisories, **_said(file.advisories)),
    )


def _followed_checks(
    settings: Mapping[str, CheckSettings], tables: Mapping[str, CheckTable]
) -> Mapping[str, CheckSettings]:
    followed = dict(settings)
    for name, table in tables.items():
        own = followed[name]
        said = _said(table, "unknown", "options")
        followed[name] = msgspec.structs.replace(own, options=_with(own.options, table.options), **said)
    return followed


def _meanings(file: FileConfig, beneath: Meanings) -> Meanings:
    """What the file says of unknown; its `policy.unknown` replaces the whole one beneath it."""
    by_check = {name: table.unknown for name, table in file.checks.items() if table.unknown is not None}
    general = file.policy.unknown or UnknownTable(beneath.default, beneath.by_kind)
    return Meanings({**beneath.by_check, **by_check}, general.by_kind, general.default)


def _said(table: msgspec.Struct, *leave_out: str) -> dict[str, Any]:
    """The fields that the file sets."""
    values = msgspec.structs.asdict(table)
    return {name: value for name, value in values.items() if value is not None and name not in leave_out}


def _with(options: msgspec.Struct | None, values: Mapping[str, Any]) -> msgspec.Struct | None:
    return options if options is None else msgspec.structs.replace(options, **values)


class _Tightening:
    """Adds to a configuration what an untrusted file demands, and keeps a notice of everything else it says."""

    def __init__(self, config: Config, file: FileConfig, checks: Sequence[Check]) -> None:
        self._config = config
        self._file = file
        self._checks = {check.id: check for check in checks}
        self.notices: list[Notice] = []

    def apply(self) -> Config:
        thresholds = self._tightened(
            self._config.thresholds,
            _said(self._file.policy, "unknown"),
            _directions(PolicyTable),
            ("policy",),
        )
        checks = dict(self._config.checks)
        for name, table in self._file.checks.items():
            checks[name] = self._check(name, checks[name], table)
        self._unknown()
        self._refuse_the_rest()
        return msgspec.structs.replace(
            self._config,
            thresholds=thresholds,
            checks=checks,
            unknown_floor=_meanings(self._file, Meanings()),
        )

    def _tightened(
        self,
        settings: Any,
        values: Mapping[str, Any],
        options: Mapping[str, Option],
        place: Place,
    ) -> Any:
        """The settings with each value where it is stricter, and a notice where it is not."""
        changes: dict[str, Any] = {}
        for field, value in values.items():
            changes[field], followed = tighten(options[field].stricter, getattr(settings, field), value)
            if not followed:
                self._notice((*place, key_of(field)), "it would loosen what the user's own policy says")
        return msgspec.structs.replace(settings, **changes)

    def _check(self, name: str, own: CheckSettings, table: CheckTable) -> CheckSettings:
        place = ("checks", name)
        check = self._checks[name]
        if table.enabled is not None:
            said = {"enabled": table.enabled}
            own = self._tightened(own, said, _directions(CheckTable), place)
        if table.severity is not None:
            now = check.severity if own.severity is None else own.severity
            if table.severity < now:
                self._notice((*place, "severity"), f"the findings of {name} count as {now.label} or higher")
            own = msgspec.structs.replace(own, floor=table.severity)
        if table.options and check.options is not None:
            options = self._tightened(own.options, table.options, option_metadata(check.options), place)
            own = msgspec.structs.replace(own, options=options)
        return own

    def _unknown(self) -> None:
        for name, table in self._file.checks.items():
            if table.unknown is not None and self._loosens(name, tuple(UnavailableKind), table.unknown):
                self._notice(("checks", name, "unknown"), "the user's own policy is stricter")
        general = self._file.policy.unknown
        if general is None:
            return
        others = tuple(kind for kind in UnavailableKind if kind not in general.by_kind)
        asked: list[tuple[Place, tuple[UnavailableKind, ...], Unknown]] = []
        asked.extend(((kind.value,), (kind,), meaning) for kind, meaning in general.by_kind.items())
        if general.default is not None:
            asked.append((self._default_key(), others, general.default))
        for key, kinds, meaning in asked:
            if any(self._loosens(name, kinds, meaning) for name in self._checks):
                self._notice(("policy", "unknown", *key), "the user's own policy is stricter for some checks")

    def _default_key(self) -> Place:
        return ("default",) if ("policy", "unknown", "default") in self._file.places else ()

    def _loosens(self, check: str, kinds: tuple[UnavailableKind, ...], meaning: Unknown) -> bool:
        now = (self._config.meaning(check, kind)[0] for kind in kinds)
        return any(STRICTNESS.index(meaning) < STRICTNESS.index(one) for one in now)

    def _refuse_the_rest(self) -> None:
        file = self._file
        if file.ignores:
            count = len(file.ignores)
            key = "[[ignore]]" if count == 1 else f"[[ignore]] and {count - 1} more like it"
            self._notice(("ignore", 0), "an exception needs somebody's trust", key)
        for name, source in file.sources.items():
            self._refuse(("sources", name), source)
        self._refuse(("registries",), file.registries)
        self._refuse(("network",), file.network)
        self._refuse(("advisories",), file.advisories)

    def _refuse(self, place: Place, table: msgspec.Struct) -> None:
        for field in _said(table):
            self._notice((*place, key_of(field)), "where evidence comes from is the user's own choice")

    def _notice(self, place: Place, why: str, key: str = "") -> None:
        line = self._file.line(*place)
        self.notices.append(Notice(self._file.path, line, key or ".".join(map(str, place)), why))


def _directions(table: type[msgspec.Struct]) -> dict[str, Option]:
    """The strict direction of each field that an untrusted file may tighten."""
    found: dict[str, Option] = {}
    for field in msgspec.structs.fields(table):
        for note in getattr(field.type, "__metadata__", ()):
            if isinstance(note, Option):
                found[field.name] = note
    return found

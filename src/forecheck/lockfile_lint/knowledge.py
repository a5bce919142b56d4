"""What the rest of a lockfile says of an entry, found out once and only if something asks."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from forecheck.check import Check
from forecheck.checks.lockfile.lock_alias import lock_alias
from forecheck.checks.lockfile.lock_link import lock_link
from forecheck.engine import Facts, run_checks
from forecheck.evidence.lock_project import (
    GIVEN,
    ConfiguredRegistries,
    LockfileNeighbours,
    LockfileReading,
    ProjectManifests,
)
from forecheck.evidence.lock_sources import LockSources, OddSource
from forecheck.graph import wire
from forecheck.lint import Dossier
from forecheck.model import Crashed, Entry, Finding, Lockfile, Severity
from forecheck.source import Source

Sources = Callable[[], Sequence[Source]]
"""Every evidence source. Looked for only when needed, because most lockfiles hold nothing but plain addresses."""


class Knowledge:
    """`lockfile` with what follows from it and the manifests; the registries of this machine are none of it."""

    def __init__(self, lockfile: Lockfile, dossier: Dossier, sources: Sources) -> None:
        self.lockfile = lockfile
        self._dossier = dossier
        self._sources = sources

    def asked_by_project(self, entry: Entry) -> bool:
        """Whether the project's own manifests ask for that very source."""
        odd = self._odd.get(entry.location)
        return odd is not None and odd.by_project

    def perhaps_asked(self, entry: Entry) -> bool:
        """Whether the project asks for the entry without the file saying how (npm's old format, no package.json)."""
        odd = self._odd.get(entry.location)
        return odd is not None and odd.untold

    @cached_property
    def strange_links(self) -> Mapping[str, Finding]:
        """Links that leave the project unasked, or take the place of a package, by location."""
        return {finding.key: finding for finding in self._found(_LINKS)}

    @cached_property
    def strange_aliases(self) -> tuple[Finding, ...]:
        """Names that packages of other names answer though nobody asked for that."""
        return self._found(_ALIASES)

    @cached_property
    def _facts(self) -> Facts:
        context: dict[type, Any] = {
            Lockfile: self.lockfile,
            ProjectManifests: self._dossier.manifests,
            ConfiguredRegistries: ConfiguredRegistries(),
            LockfileNeighbours: self._dossier.neighbours,
            LockfileReading: LockfileReading(),
        }
        return Facts(wire((_LINKS, _ALIASES), self._sources(), GIVEN), context)

    @cached_property
    def _odd(self) -> Mapping[str, OddSource]:
        sources: LockSources = self._facts.get(LockSources, self._dossier.subject)
        return {one.entry.location: one for one in sources.odd}

    def _found(self, check: Check) -> tuple[Finding, ...]:
        outcomes = run_checks((check,), {}, {}, self._facts, (self._dossier.subject,))
        crashed = [one.detail for one in outcomes if isinstance(one, Crashed)]
        if crashed:  # a bug, which must not look like a rule that saw nothing
            raise RuntimeError(crashed[0])
        return tuple(one for one in outcomes if isinstance(one, Finding) and one.severity >= Severity.HIGH)


def _registered(function: Any) -> Check:
    check: Check = function.__forecheck__
    return check


_LINKS, _ALIASES = _registered(lock_link), _registered(lock_alias)

"""What the rest of a lockfile says of an entry, found out once and only if something asks."""

from collections.abc import Mapping
from functools import cached_property

from forecheck.checks.lockfile.lock_alias import lock_alias
from forecheck.checks.lockfile.lock_link import lock_link
from forecheck.evidence.lock_project import ConfiguredRegistries, ProjectManifests
from forecheck.evidence.lock_sources import OddSource, lock_sources
from forecheck.evidence.lock_tree import LockTree, lock_tree
from forecheck.lint import Dossier
from forecheck.model import Entry, Hit, LockedFile, Lockfile, Severity


class Knowledge:
    """`lockfile` with what follows from it; the registries of this machine are none of it."""

    def __init__(self, lockfile: Lockfile, dossier: Dossier) -> None:
        self.lockfile = lockfile
        self._subject: LockedFile = dossier.subject
        self._manifests: ProjectManifests = dossier.manifests

    @cached_property
    def _tree(self) -> LockTree:
        tree: LockTree = lock_tree(self.lockfile, self._manifests)
        return tree

    @cached_property
    def _odd(self) -> Mapping[str, OddSource]:
        sources = lock_sources(self.lockfile, ConfiguredRegistries(), self._tree)
        return {one.entry.location: one for one in sources.odd}

    def asked_by_project(self, entry: Entry) -> bool:
        """Whether the project's own manifests ask for that very source."""
        odd = self._odd.get(entry.location)
        return odd is not None and odd.by_project

    def perhaps_asked(self, entry: Entry) -> bool:
        """Whether the project asks for the entry without the file saying how (npm's old format, no package.json)."""
        odd = self._odd.get(entry.location)
        return odd is not None and odd.untold

    @cached_property
    def strange_links(self) -> Mapping[str, Hit]:
        """Links that leave the project unasked, or take the place of a package, by location."""
        hits = lock_link(self._subject, self.lockfile, self._tree, self._manifests)
        return {hit.key: hit for hit in hits if hit.severity is None or hit.severity >= Severity.HIGH}

    @cached_property
    def strange_aliases(self) -> tuple[Hit, ...]:
        """Names that packages of other names answer though nobody asked for that."""
        hits = lock_alias(self._subject, self.lockfile, self._tree)
        return tuple(hit for hit in hits if hit.severity is None or hit.severity >= Severity.HIGH)

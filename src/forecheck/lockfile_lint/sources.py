"""--allowed-hosts, --validate-https, --allowed-schemes and --allowed-urls: where packages come from."""

import re
from collections.abc import Iterator

from forecheck.analysis.locators import BERRY, archive_url, reference, source_text, split_descriptor
from forecheck.analysis.lock_source import LockSource, Where, leaves_project, read_source
from forecheck.lockfile_lint.knowledge import Knowledge
from forecheck.lockfile_lint.problem import Problem, about
from forecheck.lockfile_lint.request import Request
from forecheck.model import Entry, EntryKind, FromBundle, FromDirectory, FromRegistry, FromUnknown

_PLAIN_BASE = re.compile(r"https://[a-z0-9.-]++(?::[0-9]++)?/")
_OWN = (EntryKind.ROOT, EntryKind.WORKSPACE)
_SHORTCUTS = frozenset({"github", "gitlab", "bitbucket", "gist"})


class SourceRules:
    """The validators of a request that look at sources, for one lockfile."""

    def __init__(self, request: Request, knowledge: Knowledge) -> None:
        self._request = request
        self._knowledge = knowledge
        self._path = knowledge.lockfile.path
        self._berry = knowledge.lockfile.format == BERRY
        self._npm = knowledge.lockfile.format == "npm"
        self._fine: dict[str, bool] = {}

    def look_at(self, entry: Entry) -> Iterator[Problem]:
        """What stands against the entry's source. One that is no address is named once, for all validators."""
        if self._is_plainly_fine(entry):
            return
        yield from self._locator(entry) if self._berry else ()
        text = _address_of_unfetched(entry) if self._npm else ""
        origin = entry.release.origin
        if not text and (entry.kind in _OWN or isinstance(origin, FromBundle | FromDirectory)):
            if entry.kind not in _OWN and not isinstance(origin, FromBundle):
                yield from self._folder(entry)
            return
        text = text or source_text(entry, self._knowledge.lockfile.format)
        exempt = self._is_listed(entry, text)
        source = read_source(text)
        if source.where is Where.MALFORMED or (not text and isinstance(origin, FromUnknown)):
            if not exempt and not self._is_asked_path(entry, source):
                yield about("invalid source of package", entry, "an address", text, self._path)
            return
        if not exempt:
            yield from self._host(entry, source)
            yield from self._address(entry, source)
        yield from self._scheme(entry, source)

    def _is_plainly_fine(self, entry: Entry) -> bool:
        """One look-up for most: an ordinary address on a host that was seen before."""
        text = entry.resolved
        if text[:8] != "https://" or self._berry or "\\" in text or " " in text or not text.isprintable():
            return False
        base = text[: text.find("/", 8) + 1]
        fine = self._fine.get(base)
        if fine is None:
            request = self._request
            host = read_source(base).host if _PLAIN_BASE.fullmatch(base) else ""
            fine = bool(host) and not (
                (request.hosts is None and request.urls is not None)
                or (request.hosts is not None and host not in request.hosts)
                or (request.schemes is not None and "https:" not in request.schemes)
            )
            self._fine[base] = fine
        return fine

    def _is_listed(self, entry: Entry, text: str) -> bool:
        """Whether the source stands among the allowed URLs, as the lockfile writes it."""
        urls = self._request.urls
        return urls is not None and bool(text) and not urls.isdisjoint((text, entry.resolved))

    def _is_asked_path(self, entry: Entry, source: LockSource) -> bool:
        path = source.text.startswith(("./", "../", "/"))
        return path and self._request.empty_hostname and self._knowledge.asked_by_project(entry)

    def _host(self, entry: Entry, source: LockSource) -> Iterator[Problem]:
        hosts = self._request.hosts
        if hosts is None or source.where is Where.NOWHERE:
            return
        nameless = not source.host or source.scheme in _SHORTCUTS
        if source.host in hosts and (self._request.empty_hostname or not nameless):
            return
        if (
            self._request.empty_hostname
            and (nameless or "://" not in source.text)
            and self._is_meant(entry, source)
        ):
            return
        said = source.host or f"none: {source.text}"
        yield about("invalid host of package", entry, ",".join(sorted(hosts)), said, self._path)

    def _address(self, entry: Entry, source: LockSource) -> Iterator[Problem]:
        urls = self._request.urls
        if urls is not None and self._request.hosts is None:
            said = source.text or "the configured registry"
            yield about("invalid URL of package", entry, ",".join(sorted(urls)), said, self._path)

    def _scheme(self, entry: Entry, source: LockSource) -> Iterator[Problem]:
        if source.where is Where.NOWHERE:
            return
        request = self._request
        scheme, separator, _ = source.text.partition("://")
        said = f"{scheme.lower() if separator else source.scheme}:"
        if request.https and said != "https:" and not self._is_own_file(entry, source):
            yield about("invalid protocol of package", entry, "https:", said, self._path)
        schemes = request.schemes
        if schemes is None or said in schemes or (said == "git+ssh:" and "ssh:" in schemes):
            return
        if self._berry and said == "https:" and "npm:" in schemes and archive_url(reference(entry.resolved)):
            return
        yield about("invalid scheme of package", entry, ",".join(sorted(schemes)), said, self._path)

    def _locator(self, entry: Entry) -> Iterator[Problem]:
        """Berry's own protocols, which count as schemes only where schemes are listed."""
        schemes = self._request.schemes
        if schemes is None or not entry.resolved:
            return
        outer = split_descriptor(entry.resolved)[1]
        said = f"{outer.partition(':')[0]}:" if ":" in outer else outer
        if said in ("npm:", "workspace:", "patch:", "virtual:") and said not in schemes:
            yield about("invalid scheme of package", entry, ",".join(sorted(schemes)), said, self._path)

    def _folder(self, entry: Entry) -> Iterator[Problem]:
        """Folders come over no network: they count where they lie outside, or where a text names a scheme."""
        text, request = entry.resolved, self._request
        if self._berry:
            text = reference(text)
        strange = self._knowledge.strange_links.get(entry.location)
        if strange is not None and request.sources and not self._is_listed(entry, text):
            yield about(f"invalid link ({strange.message}) of package", entry, "", None, self._path)
            return
        scheme, colon, _ = text.partition(":")
        if not colon:
            return
        if request.schemes is not None and f"{scheme}:" not in request.schemes:
            expected = ",".join(sorted(request.schemes))
            yield about("invalid scheme of package", entry, expected, f"{scheme}:", self._path)
        if request.hosts is not None and not request.empty_hostname and not self._is_listed(entry, text):
            expected = ",".join(sorted(request.hosts))
            yield about("invalid host of package", entry, expected, f"none: {text}", self._path)

    def _is_own_file(self, entry: Entry, source: LockSource) -> bool:
        inside = source.where is Where.PATH and not leaves_project(source.path)
        return inside and self._is_meant(entry, source)

    def _is_meant(self, entry: Entry, source: LockSource) -> bool:
        """Whether the project asks for it; of a file inside the project, whether it may."""
        if self._knowledge.asked_by_project(entry):
            return True
        inside = source.where is Where.PATH and not leaves_project(source.path)
        return inside and self._knowledge.perhaps_asked(entry)


def _address_of_unfetched(entry: Entry) -> str:
    """What a workspace, link or bundled package has no use for, and lockfile-lint looks at all the same."""
    if entry.kind is EntryKind.ROOT or isinstance(entry.release.origin, FromRegistry):
        return ""
    text = entry.resolved or entry.release.version
    scheme, colon, _ = text.partition(":")
    return text if colon and scheme.lower() not in ("file", "npm") else ""

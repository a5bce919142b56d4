"""Keeping the database in step with an OSV export: the changed records one by one, or the whole export."""

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime

import msgspec

from forecheck.adapters.advisories.database import Reader, Unusable, Writer
from forecheck.adapters.advisories.importing import Brought, Skip, brought, fill
from forecheck.adapters.advisories.replacing import Refused, Workshop
from forecheck.advisories.listing import MAX_LISTING, read_listing
from forecheck.advisories.osv_wire import MAX_RECORD, decode
from forecheck.advisories.record import Advisory
from forecheck.decode import Malformed
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Http, Progress, Request

SOURCE = "osv-export"
MAX_EXPORT = 2 * 1024 * 1024 * 1024
SINGLY = 1000
"""Records that are fetched one by one; where more have changed, the whole export is less to ask for."""
_BATCH = 200  # records after which what was fetched is put in place, so that a kill loses no more
_GONE_SHARE = 0.1  # of the known records that a list of changes may leave out and still be believed

Task = Callable[[], None]


class Means(msgspec.Struct, frozen=True):
    """What an update works with. `url` is the export's base; `now` gives an aware instant."""

    http: Http
    url: str
    now: Callable[[], datetime]
    progress: Progress
    concurrently: Callable[[Sequence[Task]], None]

    @property
    def base(self) -> str:
        return f"{self.url.rstrip('/')}/npm/"


class Listing(msgspec.Struct, frozen=True):
    """The list of changes. None of it where the source has none; `same` where it is what the database follows."""

    changed: Mapping[str, datetime] | None
    url: str
    etag: str = ""
    same: bool = False


_BROKEN = (UnavailableKind.OFFLINE, UnavailableKind.TIMEOUT, UnavailableKind.MALFORMED)
Fetched = Advisory | Malformed | Unavailable


def update(workshop: Workshop, means: Means) -> Brought:
    """Bring the database up to date; the old one stays where that fails.

    Raises `Unavailable` where the source cannot be had, `Malformed` where it makes no sense, `Refused` where what it
    says cannot be believed. What was taken in before a failure in the middle is kept.
    """
    reader, wrong = workshop.old()
    if reader is None:
        return _whole(workshop, means, _listing(means, None), _anew(wrong))
    try:
        return _followed(workshop, means, reader)
    except Unusable as damaged:
        return _whole(workshop, means, _listing(means, None), _anew(damaged.reason))


def _followed(workshop: Workshop, means: Means, reader: Reader) -> Brought:
    with closing(reader):
        listing = _listing(means, reader)
        known = {} if listing.changed is None else reader.known()
    if listing.same:
        return _touched(workshop, means, listing)
    changed = _behind(known, listing)
    if listing.changed is None or len(changed) > SINGLY:
        return _whole(workshop, means, listing, ())
    gone = tuple(sorted(known.keys() - listing.changed.keys()))
    _believe(listing, known, gone)
    return _singly(workshop, means, listing, changed, gone)


def _anew(wrong: str) -> tuple[str, ...]:
    return (f"{wrong}; it was made anew",) if wrong else ()


def _behind(known: Mapping[str, datetime], listing: Listing) -> list[str]:
    """The records that the list says have changed since. Fractions of seconds are not everywhere written."""
    changed = listing.changed or {}
    return [
        name
        for name, at in changed.items()
        if name not in known or known[name].replace(microsecond=0) < at.replace(microsecond=0)
    ]


def _listing(means: Means, reader: Reader | None) -> Listing:
    url = f"{means.base}modified_id.csv"
    etag = reader.head.listing_etag if reader is not None and reader.head.listing_url == url else ""
    means.progress.stage("asking what has changed")
    request = Request(url, SOURCE, accept="*/*", etag=etag, max_bytes=MAX_LISTING)
    try:
        answer = means.http.get(request)
    except Unavailable as unavailable:
        if unavailable.kind is not UnavailableKind.NOT_FOUND:
            raise
        return Listing(None, url)
    if answer.status == 304:
        return Listing(None, url, etag, same=True)
    return Listing(read_listing(answer.body, url), url, answer.etag)


def _believe(listing: Listing, known: Mapping[str, datetime], gone: Sequence[str]) -> None:
    """A list that lacks much of what was there before is more likely cut off than right."""
    if len(gone) > max(SINGLY // 10, _GONE_SHARE * len(known)):
        raise Refused(
            f"{listing.url} leaves out {len(gone)} of the {len(known)} records that are known; nothing was changed",
            "if that is right, forecheck db import takes an export as it is",
        )


def _touched(workshop: Workshop, means: Means, listing: Listing) -> Brought:
    """Nothing has changed: only the time is new."""
    with workshop.writing(copy=True) as writer:
        head = workshop.put_in_place(writer, means.now(), means.url, (listing.url, listing.etag))
    return Brought(head=head, read=0, whole=False)


def _whole(workshop: Workshop, means: Means, listing: Listing, notices: tuple[str, ...]) -> Brought:
    """Build the database anew from the export, then fetch what the list names and the export lacks."""
    url = f"{means.base}all.zip"
    means.progress.stage("downloading all advisories")
    data = means.http.get(Request(url, SOURCE, accept="*/*", max_bytes=MAX_EXPORT)).body
    now = means.now()
    listed = len(listing.changed or ())
    with workshop.writing(copy=False) as writer:
        filling = fill(writer, io.BytesIO(data), url, means.progress)
        held = filling.read + len(filling.skipped)
        if listed - held > max(SINGLY, _GONE_SHARE * listed):
            raise Refused(f"{url} holds {held} records, but its list names {listed}; nothing was changed")
        head = workshop.put_in_place(writer, now, means.url)
    if listing.changed is None:
        notices = (*notices, f"{listing.url} does not exist: each update fetches the whole export")
        return brought(filling, head, now, notices)
    return _caught_up(workshop, means, listing, brought(filling, head, now, notices))


def _caught_up(workshop: Workshop, means: Means, listing: Listing, whole: Brought) -> Brought:
    """After the whole export, what changed while or after it was made."""
    with closing(Reader(workshop.path)) as reader:
        late = _behind(reader.known(), listing)
    if len(late) > SINGLY:
        notice = f"the export is older than its list: {len(late)} records have changed since it was made"
        return msgspec.structs.replace(whole, notices=(*whole.notices, notice))
    rest = _singly(workshop, means, listing, late, ())
    return msgspec.structs.replace(
        whole,
        head=rest.head,
        read=rest.head.status.records,
        skipped=whole.skipped + rest.skipped,
        missing=rest.missing,
    )


def _singly(
    workshop: Workshop, means: Means, listing: Listing, names: Sequence[str], gone: Sequence[str]
) -> Brought:
    """Fetch the records, oldest change first, so that the newest change in the database is never newer than one
    that is still missing; every batch that arrived is put in place.
    """
    changed = listing.changed or {}
    todo = sorted(names, key=lambda name: changed[name])
    means.progress.stage("fetching changed advisories", len(todo))
    outcome = _Outcome()
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        fetched = _fetch(means, batch)
        failure = _failure(fetched)
        arrived = [not _stops(each, failure) for each in fetched]
        count = arrived.index(False) if False in arrived else len(batch)
        with workshop.writing(copy=True) as writer:
            for name, each in zip(batch[:count], fetched, strict=False):
                outcome.take(writer, name, each, changed[name])
            workshop.put_in_place(writer, means.now(), means.url)
        if failure is not None:
            told = f"{outcome.read} of {len(todo)} changed advisories were taken in"
            raise Unavailable(failure.kind, f"{failure.reason}; {told}")
    with workshop.writing(copy=True) as writer:
        for name in gone:
            writer.remove(name)
        validator = ("", "") if outcome.missing else (listing.url, listing.etag)
        head = workshop.put_in_place(writer, means.now(), means.url, validator)
    return Brought(
        head=head,
        read=outcome.read,
        whole=False,
        removed=tuple(gone),
        skipped=tuple(outcome.skipped),
        missing=tuple(outcome.missing),
    )


class _Outcome(msgspec.Struct):
    """What became of the records that were fetched one by one."""

    read: int = 0
    skipped: list[Skip] = []
    missing: list[Skip] = []

    def take(self, writer: Writer, name: str, each: Fetched, listed: datetime) -> None:
        if isinstance(each, Advisory):
            self.read += writer.put(each, listed)
        elif isinstance(each, Malformed):
            self.skipped.append(Skip(name, each.why))
            writer.skip(name, each.why, listed)
        else:
            self.missing.append(Skip(name, each.reason))


def _failure(fetched: Sequence[Fetched]) -> Unavailable | None:
    """Why there is no use in going on: nobody answers, or every single question is refused."""
    troubles = [each for each in fetched if isinstance(each, Unavailable)]
    for trouble in troubles:
        if trouble.kind in _BROKEN:
            return trouble
    refused = len(troubles) == len(fetched) and all(each.kind is UnavailableKind.REFUSED for each in troubles)
    return troubles[0] if refused and troubles else None


def _stops(each: Fetched, failure: Unavailable | None) -> bool:
    return failure is not None and isinstance(each, Unavailable) and each.kind in (*_BROKEN, failure.kind)


def _fetch(means: Means, names: Sequence[str]) -> list[Fetched]:
    """Each record, or why there is none, in the order asked for."""
    answers: dict[str, Fetched] = {}

    def task(name: str) -> Task:
        def fetch() -> None:
            answers[name] = _fetch_one(means, name)
            means.progress.advance()

        return fetch

    means.concurrently([task(name) for name in names])
    return [answers[name] for name in names]


def _fetch_one(means: Means, name: str) -> Fetched:
    url = f"{means.base}{name}.json"
    try:
        answer = means.http.get(Request(url, SOURCE, max_bytes=MAX_RECORD))
        advisory = decode(answer.body, url)
    except (Unavailable, Malformed) as wrong:
        return wrong
    return advisory if advisory.id == name else Malformed(url, f"is about {advisory.id}")

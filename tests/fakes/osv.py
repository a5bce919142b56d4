"""An OSV export on loopback: `npm/all.zip`, `npm/modified_id.csv` and `npm/<ID>.json`, and what can go wrong.

    with OsvExport() as osv:
        osv.put(record("GHSA-…", "left-pad", "introduced 0", "fixed 1.3.0"))
        ...                                 # forecheck's sources.osv-export.url is osv.url
        assert osv.asked("modified_id.csv") == 1

Records may be put, removed and broken at any time, from any thread.
"""

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from tests.fakes.server import Server
from tests.fakes.wire import Reply, Request

Record = Mapping[str, Any]


def archive(records: Iterable[Record | tuple[str, bytes]], prefix: str = "") -> bytes:
    """An export; a pair is a file of that name and content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        if prefix:
            zipped.mkdir(prefix)
        for each in records:
            if isinstance(each, tuple):
                zipped.writestr(*each)
            else:
                zipped.writestr(f"{prefix}{each['id']}.json", json.dumps(each))
    return file.getvalue()


class OsvExport:
    """Holds ``records`` by id. ``replies`` replace the answer to a file (`all.zip`, `X.json`); ``before`` is called
    with the file's name before each answer. ``export`` are the ids that all.zip holds (None: every one)."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: dict[str, Record] = {each["id"]: each for each in records}
        self.replies: dict[str, Reply] = {}
        self.export: set[str] | None = None
        self.before: Callable[[str], object] = lambda _: None
        self.files: list[str] = []
        self._lock = threading.Lock()
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._server = Server(self._answer, tls=None, date=None)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.stop()
        if self._server.errors and failure is None:
            raise self._server.errors[0]

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.port}"

    def put(self, *records: Record) -> None:
        with self._lock:
            self.records.update({each["id"]: each for each in records})

    def remove(self, *names: str) -> None:
        with self._lock:
            for name in names:
                del self.records[name]

    def asked(self, file: str) -> int:
        """How often a file was asked for."""
        return self.files.count(file)

    def listing(self) -> bytes:
        rows = sorted(((each["modified"], name) for name, each in self.records.items()), reverse=True)
        return "".join(f"{modified},{name}\n" for modified, name in rows).encode()

    def _answer(self, request: Request) -> Reply:
        file = request.path.removeprefix("/npm/")
        self.files.append(file)
        self.before(file)
        with self._lock:
            if file in self.replies:
                return self.replies[file]
            return self._file(file, request)

    def _file(self, file: str, request: Request) -> Reply:
        if file == "modified_id.csv":
            data = self.listing()
            etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
            if request.headers.get("if-none-match") == etag:
                return Reply(304, {"etag": etag})
            return Reply(200, {"content-type": "text/csv", "etag": etag}, data)
        if file == "all.zip":
            held = [each for name, each in self.records.items() if self.export is None or name in self.export]
            return Reply(200, {"content-type": "application/zip"}, archive(held))
        found = self.records.get(file.removesuffix(".json"))
        if found is None:
            return Reply(404, {"content-type": "application/xml"}, b"<Error/>")
        return Reply(200, {"content-type": "application/json"}, json.dumps(found).encode())

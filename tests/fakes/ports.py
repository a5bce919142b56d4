"""The network as a table of documents, and the moment every pure test runs at."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from forecheck.model import Now, Unavailable, UnavailableKind
from forecheck.ports import Request, Response

NOW = Now(datetime(2026, 6, 1, tzinfo=UTC))
PUBLIC = "https://registry.npmjs.org/"

Answer = bytes | dict[str, object] | list[object] | Unavailable
Answers = Answer | Callable[[Request], Answer]


class FakeHttp:
    """Implements the `Http` port; what is not in the table is 404. A function is asked with the request, so that an
    answer can depend on a POST's body. ``asked`` records the URLs in order, ``requests`` all there is of them.
    """

    def __init__(self, answers: Mapping[str, Answers]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.requests: list[Request] = []

    def get(self, request: Request) -> Response:
        self.asked.append(request.url)
        self.requests.append(request)
        answer = self.answers.get(request.url)
        if callable(answer):
            answer = answer(request)
        if answer is None:
            raise Unavailable(UnavailableKind.NOT_FOUND, f"{request.url} answered 404")
        if isinstance(answer, Unavailable):
            raise answer
        body = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
        if len(body) > request.max_bytes:
            raise Unavailable(
                UnavailableKind.TOO_LARGE, f"{request.url} is larger than {request.max_bytes} bytes"
            )
        return Response(200, body, etag="" if request.body else '"1"')


class NoFiles:
    """Implements the `Files` port over an empty project."""

    def read(self, path: str) -> bytes:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"there is no {path}")


class FakeCommits:
    """Implements the `Commits` port over a table from (url, commit) to files."""

    def __init__(self, commits: Mapping[tuple[str, str], Mapping[str, bytes]]) -> None:
        self.commits = commits

    def read(self, url: str, commit: str, paths: Sequence[str]) -> Mapping[str, bytes]:
        if (url, commit) not in self.commits:
            raise Unavailable(UnavailableKind.REFUSED, f"{url} has no commit {commit}")
        found = self.commits[url, commit]
        return {path: found[path] for path in paths if path in found}


class FakeDownloaded:
    """Implements the `Downloaded` port over a table from integrity to bytes."""

    def __init__(self, kept: Mapping[str, bytes] | None = None) -> None:
        self.kept = dict(kept or {})

    def find(self, integrity: str) -> bytes | None:
        return self.kept.get(integrity)

"""GitHub, GitLab, Bitbucket, Scorecard and the domain registries on one loopback port, each below its own path.

    with Forges() as forges:
        forges.github("harbour/pilot", {"package.json": {"name": "pilot"}}, stars=9)
        ...                                              # ask as `forges.settings()` says
        assert forges.asked("/github/") == ["/github/repos/harbour/pilot"]

What was not put there is 404. `forges.answers` may hold any reply by path, and `forges.default` any for the rest.
"""

from collections.abc import Mapping
from threading import Lock
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import msgspec

from forecheck.evidence.forge_api import ForgeSettings
from tests.fakes.server import Server
from tests.fakes.wire import Reply, Request

NOT_FOUND = Reply(404, {"content-type": "application/json"}, b'{"message":"Not Found"}')
Files = Mapping[str, Any]
NOTHING: Files = {}


def json(document: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"content-type": "application/json", **named}, msgspec.json.encode(document))


def moved(to: str) -> Reply:
    return Reply(301, {"location": to, "content-type": "application/json"}, b"{}")


USED_UP = json({"message": "API rate limit exceeded"}, 403, x_ratelimit_remaining="0", x_ratelimit_reset="1")
TOO_FAST = json({"message": "secondary rate limit"}, 403, retry_after="60")


class Forges:
    """See the module."""

    def __init__(self) -> None:
        self.answers: dict[str, Reply] = {}
        self.default = NOT_FOUND
        self.requests: list[Request] = []
        self._registries: dict[str, str] = {}
        self._lock = Lock()
        self._server = Server(self._answer, tls=None, date=None)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()
        if self._server.errors and failure is None:
            raise self._server.errors[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def settings(self, **changes: Any) -> ForgeSettings:
        return ForgeSettings(
            github=f"{self.url}/github",
            files=f"{self.url}/raw",
            gitlab=f"{self.url}/gitlab",
            bitbucket=f"{self.url}/bitbucket",
            **changes,
        )

    def toml(self) -> str:
        """All of it as a user's forecheck.toml says it."""
        urls = {
            "github": "/github",
            "github-files": "/raw",
            "gitlab": "/gitlab",
            "bitbucket": "/bitbucket",
            "scorecard": "/scorecard",
            "rdap": "/rdap/dns.json",
        }
        return "".join(f'[sources.{name}]\nurl = "{self.url}{path}"\n' for name, path in urls.items())

    def asked(self, below: str = "/") -> list[str]:
        return [request.path for request in self.requests if request.path.startswith(below)]

    # -- what is there

    def github(self, path: str, files: Files = NOTHING, *, stars: int = 500, archived: bool = False) -> None:
        at = f"/github/repos/{path}"
        self.answers[at] = json({"full_name": path, "archived": archived, "stargazers_count": stars})
        leaves = [{"path": name, "type": "blob"} for name in files]
        self.answers[f"{at}/git/trees/HEAD?recursive=1"] = json({"tree": leaves, "truncated": False})
        for name, content in files.items():
            reply = content if isinstance(content, Reply) else json(content)
            self.answers[f"/raw/{path}/HEAD/{quote(name)}"] = reply
            self.answers[f"{at}/contents/{quote(name)}"] = reply

    def gitlab(self, path: str, files: Files = NOTHING, **fields: Any) -> None:
        at = f"/gitlab/api/v4/projects/{quote(path, safe='')}"
        self.answers[at] = json({"path_with_namespace": path, "star_count": 500, **fields})
        for name, content in files.items():
            self.answers[f"{at}/repository/files/{quote(name, safe='')}/raw?ref=HEAD"] = json(content)

    def bitbucket(self, path: str, files: Files = NOTHING, *, branch: str = "main") -> None:
        at = f"/bitbucket/2.0/repositories/{path}"
        self.answers[at] = json({"full_name": path, "mainbranch": {"name": branch}})
        for name, content in files.items():
            self.answers[f"{at}/src/{branch}/{quote(name)}"] = json(content)

    def scored(self, project: str, score: float, **checks: int) -> None:
        found = [{"name": name.replace("_", "-"), "score": value} for name, value in checks.items()]
        self.answers[f"/scorecard/projects/{project}"] = json(
            {"score": score, "checks": found, "date": "2026-05-25"}
        )

    def registry(self, top: str, *domains: str) -> None:
        """The registry of a top-level domain, with the domains that somebody has registered."""
        self._registries[top] = f"{self.url}/rdap/{top}/"
        services = [[[name], [url]] for name, url in self._registries.items()]
        self.answers["/rdap/dns.json"] = json({"services": services})
        for domain in domains:
            self.answers[f"/rdap/{top}/domain/{domain}"] = json(
                {"objectClassName": "domain", "ldhName": domain.upper()}
            )

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
        return self.answers.get(request.path, self.default)

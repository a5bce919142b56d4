"""From what a host answered to what the port promises: a `Response`, a reason to try again, or `Unavailable`."""

import msgspec

from forecheck.adapters.failures import Broken, Retry
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Request, Response

_TRY_AGAIN = frozenset({429, 502, 503, 504})
_LONGEST_VALIDATOR = 1024


class Answer(msgspec.Struct, frozen=True):
    """A complete answer of `host` after redirects; header names are lower case, bodies only read for 200."""

    host: str
    status: int
    headers: dict[str, str]
    body: bytes = b""
    with_credentials: bool = False


def passing_trouble(answer: Answer) -> Broken | None:
    """The failure in an answer that may be another one next time; None for every other answer."""
    if _used_up(answer):
        reason = f"{answer.host} answers no more questions for now (its limit is reached, {answer.status})"
        return Broken(reason, UnavailableKind.REFUSED, Retry.NEVER, final=True)
    if answer.status not in _TRY_AGAIN:
        return None
    wait = _seconds_to_wait(answer.headers)
    if answer.status == 429:
        asked = "" if wait is None else f" and asks to wait {wait:g} s"
        reason = f"{answer.host} limits how often it may be asked (429){asked}"
    else:
        reason = f"{answer.host} is in trouble ({_status(answer.status)})"
    return Broken(reason, UnavailableKind.REFUSED, Retry.REACHED, wait=wait)


def _used_up(answer: Answer) -> bool:
    """GitHub's way to say that an hour's allowance is gone, or that it was asked too fast: 403 or 429 with these
    headers (docs.github.com, REST API, "Rate limits"). Waiting takes longer than any run.
    """
    spent = answer.headers.get("x-ratelimit-remaining", "") == "0"
    return answer.status in (403, 429) and (
        spent or (answer.status == 403 and "retry-after" in answer.headers)
    )


def response_to(request: Request, answer: Answer) -> Response:
    """The port's response; raises `Unavailable` for everything but 200 and a 304 that was asked for."""
    if answer.status == 200:
        if "json" in request.accept and _media_type(answer.headers) in ("text/html", "application/xhtml+xml"):
            raise Unavailable(
                UnavailableKind.MALFORMED,
                f"{answer.host} answered with a web page (captive portal or login?)",
            )
        validators = () if request.body else _validators(answer.headers)
        return Response(200, answer.body, *validators)
    if answer.status == 304 and not request.body and (request.etag or request.last_modified):
        etag, last_modified = _validators(answer.headers)
        return Response(304, b"", etag or request.etag, last_modified or request.last_modified)
    raise _refusal(answer)


def _refusal(answer: Answer) -> Unavailable:
    host, status = answer.host, answer.status
    if status in (404, 410):
        return Unavailable(UnavailableKind.NOT_FOUND, f"{host} does not have it ({status})")
    if status in (401, 403):
        hint = (
            "the credentials configured for it were not accepted: expired, or without access?"
            if answer.with_credentials
            else "no credentials are configured for it in .npmrc"
        )
        return Unavailable(UnavailableKind.REFUSED, f"{host} refused access ({status}); {hint}")
    if status == 451:
        return Unavailable(UnavailableKind.REFUSED, f"{host} may not serve it for legal reasons (451)")
    if status >= 400:
        return Unavailable(UnavailableKind.REFUSED, f"{host} answered with an error ({_status(status)})")
    return Unavailable(
        UnavailableKind.MALFORMED, f"{host} gave an answer that makes no sense here ({_status(status)})"
    )


def _status(status: int) -> str:
    """Our own words for the number: the server's reason phrase is free text."""
    from http import HTTPStatus

    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _media_type(headers: dict[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _validators(headers: dict[str, str]) -> tuple[str, str]:
    """ETag and Last-Modified, empty where there is none or it is not fit to be sent back."""
    etag, last_modified = headers.get("etag", ""), headers.get("last-modified", "")
    return _worth_keeping(etag), _worth_keeping(last_modified)


def _worth_keeping(validator: str) -> str:
    return validator if len(validator) <= _LONGEST_VALIDATOR and validator.isprintable() else ""


def _seconds_to_wait(headers: dict[str, str]) -> float | None:
    """Retry-After, in seconds or as a date (RFC 9110 10.2.3); dates count from the server's own Date header."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    if not value or "date" not in headers:
        return None
    from email.utils import parsedate_to_datetime

    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])
    except (ValueError, TypeError):  # not a date; or one with and one without a zone
        return None
    return max(0.0, wait.total_seconds())

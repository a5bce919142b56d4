"""The one way to read untrusted JSON: typed, limited, and every error names the place."""

from typing import TypeVar

import msgspec

T = TypeVar("T")


class Malformed(Exception):  # noqa: N818  (the input's fault, not ours)
    """A document that cannot be read. `where` is a file or URL, `place` a line or a JSON path inside it."""

    def __init__(self, where: str, why: str, place: str = "") -> None:
        super().__init__(f"{where}{f' ({place})' if place else ''}: {why}")
        self.where = where
        self.why = why
        self.place = place


def read_json(data: bytes, kind: type[T], where: str, *, max_bytes: int) -> T:
    """Decode JSON into `kind`; unknown fields are skipped, wrong types and over-deep nesting are `Malformed`.

    A lone surrogate (npm readmes are cut in the middle of characters) makes the strict decoder refuse the
    whole document, so such a document is read again by the standard library, surrogates replaced.
    """
    if len(data) > max_bytes:
        raise Malformed(where, f"is larger than {max_bytes} bytes")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(data, type=kind, strict=True)
    except msgspec.ValidationError as wrong:
        raise Malformed(where, *_explain(str(wrong))) from None
    except RecursionError:
        raise Malformed(where, "is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        strict_error = str(wrong)
    return _read_leniently(data, kind, where, strict_error)


def _read_leniently(data: bytes, kind: type[T], where: str, strict_error: str) -> T:
    import json

    if b"\\u" not in data and b"\\U" not in data:
        raise Malformed(where, f"is not valid JSON: {strict_error}")
    try:
        loose = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
        return msgspec.convert(_without_surrogates(loose), type=kind, strict=True)
    except msgspec.ValidationError as wrong:
        raise Malformed(where, *_explain(str(wrong))) from None
    except RecursionError:
        raise Malformed(where, "is nested too deeply") from None
    except ValueError:
        raise Malformed(where, f"is not valid JSON: {strict_error}") from None


def _no_constant(name: str) -> object:
    """The standard library reads NaN and Infinity, which JSON (RFC 8259) does not have."""
    raise ValueError(name)


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(part) for key, part in value.items()}
    return value


def _explain(message: str) -> tuple[str, str]:
    """Msgspec's "Expected `str`, got `int` - at `$.name`" as (what, place)."""
    what, _, place = message.partition(" - at ")
    return what.replace("`", ""), place.strip("`")

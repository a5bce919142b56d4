"""The range grammar of node-semver 7.8: range text → alternatives of comparators.

npm defines `^`, `~`, `x` and hyphen ranges by what they are rewritten to, in a fixed order, and its answers for odd
text follow from that order. So this rewrites text too, a step a function, each linear in the length of its input.
"""

import re
from typing import Final

import msgspec

from forecheck.npm.jstext import collapse
from forecheck.npm.version import (
    BUILD_IDS,
    LOOSE_IDS,
    LOOSE_NUMBER,
    LOOSE_PATCH,
    LOOSE_SPLIT,
    STRICT_IDS,
    STRICT_NUMBER,
    Version,
    parse_version,
)


class InvalidRange(Exception):  # noqa: N818  (the text's fault, answered with None)
    """The text is not a range."""


class Comparator(msgspec.Struct, frozen=True):
    """One bound. `operator` is `<`, `<=`, `>`, `>=`, or empty for equality; no version admits every version."""

    operator: str
    version: Version | None

    def __str__(self) -> str:
        return "" if self.version is None else f"{self.operator}{self.version}"


ANY: Final = Comparator("", None)
NOTHING: Final = Comparator("<", Version(0, 0, 0, (0,)))
"""Admits no version: none is lower than 0.0.0-0."""

_EXPONENT = 10**21  # from here on JavaScript writes a number as 1e+21, and node-semver then reads that text
_STRICT_PATCH = rf"(?P<patch>{STRICT_NUMBER}|[xX*])(?:-(?P<pre>{STRICT_IDS}))?"
_LOOSE_PATCH = rf"(?:(?P<patch>{LOOSE_NUMBER}|[xX*])(?:-?(?P<pre>{LOOSE_IDS}))?|{LOOSE_SPLIT})"


def _partial(number: str, patch: str) -> str:
    """The source of an x-range: up to three numbers or wildcards, after any `v` and `=`."""
    return rf"[v= ]*+(?P<major>{number}|[xX*])(?:\.(?P<minor>{number}|[xX*])(?:\.{patch})?)?"


_STRICT_PARTIAL = _partial(STRICT_NUMBER, _STRICT_PATCH)
_LOOSE_PARTIAL = _partial(LOOSE_NUMBER, _LOOSE_PATCH)
_STRICT_MAIN = rf"{STRICT_NUMBER}\.{STRICT_NUMBER}\.{STRICT_NUMBER}"
_OPTIONAL_BUILD = rf"(?:\+{BUILD_IDS})?"

# Indexed by `loose`.
_SIDE = tuple(re.compile(rf"{part}(?= - |$)") for part in (_STRICT_PARTIAL, _LOOSE_PARTIAL))
_XRANGE = tuple(
    re.compile(rf"(?P<operator>\^|~>?|[<>]?=?){part}") for part in (_STRICT_PARTIAL, _LOOSE_PARTIAL)
)
_COMPARATOR = (
    re.compile(rf"([<>]?=?)(v?{_STRICT_MAIN}(?:-{STRICT_IDS})?{_OPTIONAL_BUILD})"),
    re.compile(rf"([<>]?=?)([v=]*+{LOOSE_NUMBER}\.{LOOSE_NUMBER}\.{LOOSE_PATCH}{_OPTIONAL_BUILD})"),
)

_BUILD = re.compile(rf"\+{BUILD_IDS}")
_SPACES = re.compile(" +")
_STAR = re.compile(r"[<>]?=?\*")
_TILDE_GAP = re.compile("~>? ")
_GAP = re.compile("[<>= ] ")  # two spaces come from removed build metadata
_OPERAND = re.compile(
    rf"( ?[<>]?=?) ?([v= ]*+(?:{LOOSE_NUMBER}\.{LOOSE_NUMBER}\.{LOOSE_NUMBER}(?:-?{LOOSE_IDS})?"
    rf"|{_STRICT_PARTIAL.removeprefix('[v= ]*+')}))"
)
_PREFIX_RUN = re.compile("[v= ]++")


def _after(number: str) -> str:
    following = int(number) + 1
    return str(following) if following < _EXPONENT else repr(float(following))


def _is_wild(number: str | None) -> bool:
    return number is None or number in "xX*"


def _parts(found: re.Match[str]) -> tuple[str, str, str, str | None]:
    """Major, minor, patch (`x` where absent) and pre-release of a match of a partial version."""
    groups = found.groupdict()
    patch = groups["patch"] or groups.get("patch2") or "x"
    return found["major"], found["minor"] or "x", patch, groups["pre"] or groups.get("pre2")


def _replace_hyphen(text: str, loose: bool, lowest: str) -> str:
    """`1.2.3 - 2.3` → `>=1.2.3 <2.4.0-0`; other text as it is."""
    inner = text.removeprefix(" ").removesuffix(" ")
    left = _SIDE[loose].match(inner)
    if left is None or not inner.startswith(" - ", left.end()):
        return text
    right = _SIDE[loose].fullmatch(inner, left.end() + 3)
    if right is None:
        return text
    major, minor, patch, pre = _parts(left)
    if _is_wild(major):
        lower = ""
    elif _is_wild(minor):
        lower = f">={major}.0.0{lowest}"
    elif _is_wild(patch):
        lower = f">={major}.{minor}.0{lowest}"
    else:
        lower = f">={left[0]}{'' if pre else lowest}"
    major, minor, patch, pre = _parts(right)
    if _is_wild(major):
        upper = ""
    elif _is_wild(minor):
        upper = f"<{_after(major)}.0.0-0"
    elif _is_wild(patch):
        upper = f"<{major}.{_after(minor)}.0-0"
    elif pre:
        upper = f"<={major}.{minor}.{patch}-{pre}"
    else:
        upper = f"<{major}.{minor}.{_after(patch)}-0" if lowest else f"<={right[0]}"
    return f"{lower} {upper}".strip()


def _join_operators(text: str) -> str:
    """`> 1.2.3` → `>1.2.3`, `~> 1` → `~1`, `^ 1` → `^1`."""
    if _GAP.search(text):
        pieces, at = [], 0
        while at < len(text):
            found = _OPERAND.match(text, at)
            if found is not None:
                pieces.append(found[1] + found[2])
                at = found.end()
                continue
            # Nothing inside this run of prefix characters can match either: skipping it keeps this linear.
            run = _PREFIX_RUN.match(text, at)
            end = run.end() if run is not None else at + 1
            pieces.append(text[at:end])
            at = end
        text = "".join(pieces)
    return _TILDE_GAP.sub("~", text).replace("^ ", "^")


def _replace_caret(major: str, minor: str, patch: str, pre: str | None, lowest: str) -> str:
    if _is_wild(minor):
        return f">={major}.0.0{lowest} <{_after(major)}.0.0-0"
    if _is_wild(patch):
        lower = f">={major}.{minor}.0{lowest}"
    else:
        lower = f">={major}.{minor}.{patch}" + (f"-{pre}" if pre else "")
    if major != "0":
        return f"{lower} <{_after(major)}.0.0-0"
    if minor != "0" or _is_wild(patch):
        return f"{lower} <{major}.{_after(minor)}.0-0"
    return f"{lower} <{major}.{minor}.{_after(patch)}-0"


def _replace_tilde(major: str, minor: str, patch: str, pre: str | None, lowest: str) -> str:
    if _is_wild(minor):
        return f">={major}.0.0{lowest} <{_after(major)}.0.0-0"
    if _is_wild(patch):
        return f">={major}.{minor}.0{lowest} <{major}.{_after(minor)}.0-0"
    lower = f">={major}.{minor}.{patch}" + (f"-{pre}" if pre else "")
    return f"{lower} <{major}.{_after(minor)}.0-0"


def _replace_wildcard(operator: str, major: str, minor: str, lowest: str) -> str:
    """The bounds of `1`, `>1.2.x` and the like: the patch, at least, is a wildcard, the major is not."""
    short = _is_wild(minor)
    first = f"{major}.{0 if short else minor}.0"
    following = f"{_after(major)}.0.0" if short else f"{major}.{_after(minor)}.0"
    match operator:
        case ">":
            return f">={following}{lowest}"
        case ">=":
            return f">={first}{lowest}"
        case "<":
            return f"<{first}-0"
        case "<=":
            return f"<{following}-0"
        case _:
            return f">={first}{lowest} <{following}-0"


def _rewrite(word: str, loose: bool, lowest: str) -> str:
    """One word of a range → comparators, separated by a space; empty for any version."""
    word = _BUILD.sub("", word, count=1)
    found = _XRANGE[loose].fullmatch(word)
    if found is None:
        return _STAR.sub("", word, count=1)
    operator = found["operator"]
    major, minor, patch, pre = _parts(found)
    if operator == "^":
        return "" if _is_wild(major) else _replace_caret(major, minor, patch, pre, lowest)
    if operator.startswith("~"):
        return "" if _is_wild(major) else _replace_tilde(major, minor, patch, pre, lowest)
    if (_is_wild(major) and not _is_wild(minor)) or (_is_wild(minor) and not _is_wild(patch)):
        return word  # no version has such a shape, so this ends as junk
    if _is_wild(major):
        return str(NOTHING) if operator in {"<", ">"} else ""
    return _replace_wildcard(operator, major, minor, lowest) if _is_wild(patch) else word


def _comparator(text: str, loose: bool) -> Comparator | None:
    """Read one comparator; None for junk, which loose reading drops. Raises InvalidRange."""
    if not text:
        return ANY
    found = _COMPARATOR[loose].fullmatch(text)
    if found is None:
        if loose:
            return None
        raise InvalidRange(text)
    version = parse_version(found[2], loose=loose)
    if version is None:
        raise InvalidRange(text)
    operator = found[1]
    return Comparator("" if operator == "=" else operator, version)


def _alternative(text: str, loose: bool, include_prerelease: bool) -> tuple[Comparator, ...]:
    lowest = "-0" if include_prerelease else ""
    everything = f">=0.0.0{lowest}"
    text = _join_operators(_replace_hyphen(_BUILD.sub("", text), loose, lowest))
    bounds = _SPACES.split(" ".join(_rewrite(word, loose, lowest) for word in text.split(" ")))
    read = [_comparator("" if bound == everything else bound, loose) for bound in bounds]
    if NOTHING in read:
        return (NOTHING,)
    unique = {str(comparator): comparator for comparator in read if comparator is not None}
    if len(unique) > 1:
        unique.pop("", None)
    return tuple(unique.values())


def parse_alternatives(
    text: str, *, loose: bool, include_prerelease: bool
) -> tuple[tuple[Comparator, ...], ...]:
    """Read a range: at least one alternative, each of at least one comparator that must all hold.

    Raises InvalidRange.
    """
    parts = [_alternative(part.strip(" "), loose, include_prerelease) for part in collapse(text).split("||")]
    found = [part for part in parts if part]
    if not found:
        raise InvalidRange(text)
    possible = [part for part in found if part[0] != NOTHING]
    if not possible:
        return (found[0],)
    return ((ANY,),) if (ANY,) in possible else tuple(possible)

"""How bad an advisory says it is: from its CVSS vectors, by a library that knows every version of the formula."""

from forecheck.model import Severity

_WORDS = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "moderate": Severity.MEDIUM,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
    "info": Severity.INFO,
    "none": Severity.INFO,
}
_NEWEST_FIRST = ("CVSS:4", "CVSS:3", "")


def rating(vectors: tuple[str, ...], word: str) -> Severity | None:
    """The severity by the newest CVSS version that a vector is of; where none can be read, by the database's word.

    None where neither tells. The bands are the CVSS specification's own (v3.1 section 5); v2 has none of its own for
    "critical" and gets the same.
    """
    for prefix in _NEWEST_FIRST:
        scores = [
            score for vector in vectors if vector.startswith(prefix) and (score := _score(vector)) is not None
        ]
        if scores:
            return _band(max(scores))
    return _WORDS.get(word.lower())


def _score(vector: str) -> float | None:
    """The base score, 0.0 to 10.0; None for what the library does not take for a vector."""
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    kind = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
    try:
        return float(kind(vector).base_score)
    except CVSSError:
        return None


def _band(score: float) -> Severity:
    if score >= 9.0:
        return Severity.CRITICAL
    if score >= 7.0:
        return Severity.HIGH
    if score >= 4.0:
        return Severity.MEDIUM
    return Severity.LOW if score > 0 else Severity.INFO

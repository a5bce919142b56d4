"""Strategies for forecheck.toml: valid documents of every content, and texts that are almost TOML."""

from hypothesis import strategies as st

from tests.config.samples import CHECKS

SEVERITIES = st.sampled_from(["info", "low", "medium", "high", "critical"])
UNKNOWNS = st.sampled_from(["note", "warn", "block"])
DURATIONS = st.sampled_from(["0s", "1h", "3d", "7d", "14d", "P30D", "52w"])
KINDS = ("default", "offline", "not-found", "refused", "too-large", "timeout", "malformed", "unsupported")
NAMES = st.lists(st.sampled_from(["ann", "bob", "eve", "left-pad"]), max_size=3)


def _quoted(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return strategy.map(lambda text: f'"{text}"')


_LISTS = NAMES.map(lambda names: f"[{', '.join(repr(name) for name in names)}]")
_BOOLEANS = st.sampled_from(["true", "false"])
_INLINE_UNKNOWN = st.dictionaries(st.sampled_from(KINDS), UNKNOWNS, min_size=1).map(
    lambda table: "{" + ", ".join(f'{key} = "{value}"' for key, value in table.items()) + "}"
)
POLICY = {
    "block-at": _quoted(SEVERITIES),
    "warn-at": _quoted(SEVERITIES),
    "block-confidence": st.sampled_from(['"low"', '"medium"', '"high"']),
    "non-interactive": st.sampled_from(['"allow"', '"block"']),
    "unknown": _quoted(UNKNOWNS) | _INLINE_UNKNOWN,
}
GENERAL = {"enabled": _BOOLEANS, "severity": _quoted(SEVERITIES), "unknown": _quoted(UNKNOWNS)}
YOUNG = GENERAL | {
    "min-age": _quoted(DURATIONS),
    "max-versions": st.integers(0, 20).map(str),
    "ratio": st.sampled_from(["0", "0.25", "0.5", "1.5"]),
    "prereleases": _BOOLEANS,
    "lenient": _BOOLEANS,
    "trusted": _LISTS,
    "watched": _LISTS,
    "grade": _quoted(SEVERITIES),
}
SOURCE = {"enabled": _BOOLEANS, "deadline": _quoted(DURATIONS), "attempts": st.integers(1, 10).map(str)}
REGISTRIES = {
    "private": st.sampled_from(["[]", "['@corp']", "['https://npm.corp.example']"]),
    "public": st.sampled_from(["[]", "['https://registry.npmjs.org']"]),
}
NETWORK = {
    "max-concurrency": st.integers(1, 64).map(str),
    "cache-max-age": _quoted(DURATIONS),
    "cache-dir": st.sampled_from(['"/tmp/cache"', '"~/cache"']),
}
ADVISORIES = {
    "sources": st.sampled_from(["['database']", "['registry', 'osv-api']", "[]"]),
    "max-age": _quoted(DURATIONS),
    "without-database": st.sampled_from(["'ask'", "'update'", "'services'"]),
}
IGNORE = st.tuples(
    st.sampled_from([check.id for check in CHECKS]),
    st.sampled_from(["left-pad", "left-pad@^1", "@corp/a@1.0.0", "*"]),
    st.sampled_from(["", "until = 2026-01-01\n", "until = 2027-12-31\n"]),
).map(lambda part: f'[[ignore]]\ncheck = "{part[0]}"\npackage = "{part[1]}"\nreason = "fine"\n{part[2]}')


def _table(header: str, fields: dict[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    pairs = st.fixed_dictionaries({}, optional=fields)
    return pairs.map(
        lambda table: f"[{header}]\n" + "".join(f"{key} = {value}\n" for key, value in table.items())
    )


DOCUMENTS = st.tuples(
    _table("policy", POLICY),
    _table("checks.young-release", YOUNG),
    _table("checks.known-malware", GENERAL),
    _table("checks.install-script", GENERAL),
    _table("sources.downloads", SOURCE | {"url": st.just('"https://downloads.example"')}),
    _table("sources.registry", SOURCE),
    _table("registries", REGISTRIES),
    _table("network", NETWORK),
    _table("advisories", ADVISORIES),
    st.lists(IGNORE, max_size=2).map("".join),
).map("".join)

PIECES = st.sampled_from(
    [
        *"[]{}=.,#\"'\n\t \\\r",
        "[[ignore]]\n",
        "[policy]\n",
        "[checks.young-release]\n",
        "[ignore.a]\n",
        "a.b",
        '"a b"',
        "'c.d'",
        '"\\u0061"',
        '"\\q"',
        "key",
        " = ",
        "1",
        "-0.5e3",
        "1979-05-27 07:32:00",
        "true",
        '"""\nx\n"y"\n""""',
        "'''\nz''''",
        '"#"',
        "{a = 1, b.c = [2]}",
        "[1, [2,\n# c\n3], ]",
        "block-at = 'high'\n",
        "\r\n",
        "é",
        "\ufeff",
        "\x00",
    ]
)
ALMOST_TOML = st.lists(PIECES, max_size=30).map("".join)

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forecheck.npm.semver import (
    Version,
    clean,
    compare,
    max_satisfying,
    min_satisfying,
    min_version,
    parse_range,
    parse_version,
    satisfies,
    sort_key,
    valid,
    valid_range,
)
from forecheck.npm.version import MAX_LENGTH, MAX_NUMBER
from tests.npm.real_npm import ask
from tests.npm.recorded import HOSTILE, recorded

MODES = [(loose, pre) for pre in (False, True) for loose in (False, True)]
CASES = recorded("semver-cases")
TRICKY = recorded("semver-tricky")

range_texts = st.text() | st.text("0123456789.xX*<>=~^|-+ vab\t\u00a0", max_size=40)
version_texts = st.from_regex(
    r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-[a-b0-2]{1,2}(\.[a-b0-2-]{1,2}){0,2})?", fullmatch=True
)
versions = version_texts.map(lambda text: parse_version(text, loose=True)).filter(
    lambda found: found is not None
)


class TestOracle:
    def test_every_verdict(self) -> None:
        wrong, asked = [], 0
        for case in CASES["ranges"]:
            for loose, pre in MODES:
                suffix = ("loose" if loose else "strict") + ("_pre" if pre else "")
                expected = set(case[f"satisfies_{suffix}"])
                for version in CASES["versions"]:
                    asked += 1
                    if satisfies(version, case["range"], loose=loose, include_prerelease=pre) != (
                        version in expected
                    ):
                        wrong.append((case["range"], version, suffix))
        assert asked == 33_600
        assert wrong == []

    def test_every_tricky_verdict(self) -> None:
        wrong, asked = [], 0
        for text, *answers in TRICKY["pairs"]:
            for (loose, pre), bits in zip(
                [(False, False), (False, True), (True, False)], answers, strict=True
            ):
                for version, bit in zip(TRICKY["versions"], bits, strict=True):
                    asked += 1
                    if satisfies(version, text, loose=loose, include_prerelease=pre) != (bit == "1"):
                        wrong.append((text, version, loose, pre))
        assert asked == 3 * 6_396
        assert wrong == []

    def test_canonical_ranges(self) -> None:
        rows = [
            (
                case["range"],
                loose,
                pre,
                case[f"validRange_{'loose' if loose else 'strict'}{'_pre' if pre else ''}"],
            )
            for case in CASES["ranges"]
            for loose, pre in MODES
        ]
        rows += [
            (text, loose, pre, expected)
            for text, *answers in recorded("ranges")["cases"]
            for (loose, pre), expected in zip(MODES, answers, strict=True)
        ]
        rows += [(text, False, False, expected) for text, _, expected in TRICKY["maxsat"]]
        wrong = [
            (text, loose, pre, got, expected)
            for text, loose, pre, expected in rows
            if (got := valid_range(text, loose=loose, include_prerelease=pre)) != expected
        ]
        assert wrong == []

    def test_minimum_versions(self) -> None:
        wrong = []
        for case in CASES["ranges"]:
            lowest = min_version(case["range"])
            expected = None if case["minVersion"] in {None, "null"} else case["minVersion"]
            if (None if lowest is None else str(lowest)) != expected:
                wrong.append((case["range"], lowest, expected))
        assert wrong == []

    def test_highest_and_lowest(self) -> None:
        wrong = []
        for case in CASES["maxSatisfying"]:
            assert case["versions"] == "@versions"
            pre = case["includePrerelease"]
            highest = max_satisfying(CASES["versions"], case["range"], include_prerelease=pre)
            lowest = min_satisfying(CASES["versions"], case["range"], include_prerelease=pre)
            if (highest, lowest) != (case["max"], case["min"]):
                wrong.append((case, highest, lowest))
        wrong += [case for case in TRICKY["maxsat"] if max_satisfying(TRICKY["versions"], case[0]) != case[1]]
        assert wrong == []

    def test_order(self) -> None:
        wrong = []
        for case in CASES["compare"]:
            one, other = parse_version(case["a"]), parse_version(case["b"])
            assert one is not None
            assert other is not None
            keys = sort_key(one), sort_key(other)
            if (compare(one, other), (keys[0] > keys[1]) - (keys[0] < keys[1])) != (
                case["compare"],
                case["compareBuild"],
            ):
                wrong.append(case)
        known = [version for text in TRICKY["versions"] if (version := parse_version(text)) is not None]
        matrix = ["".join("<=>"[compare(one, other) + 1] for other in known) for one in known]
        assert wrong == []
        assert matrix == TRICKY["cmp"]

    def test_sorting(self) -> None:
        parsed = {text: parse_version(text) for text in CASES["versions"]}
        shuffled = [(text, version) for text, version in parsed.items() if version is not None]
        random.Random(1).shuffle(shuffled)
        assert [text for text, _ in sorted(shuffled, key=lambda pair: sort_key(pair[1]))] == CASES["sorted"]

    def test_valid(self) -> None:
        wrong = []
        for case in CASES["valid"]:
            text = case["input"]
            if isinstance(text, str):
                got = valid(text), valid(text, loose=True), clean(text)
                if got != (case["strict"], case["loose"], case["clean"]):
                    wrong.append((case, got))
        wrong += [row for row in TRICKY["valid"] if [valid(row[0]), valid(row[0], loose=True)] != row[1:]]
        assert wrong == []


def _random_range(source: random.Random) -> str:
    def version() -> str:
        numbers = source.choices(
            ["0", "1", "2", "10", "01", "x", "*", "X", "", "9007199254740992"],
            [9, 9, 5, 3, 1, 3, 2, 1, 1, 1],
            k=source.choice([1, 2, 3, 3, 3, 4]),
        )
        pre = source.choice(["", "", "", "-", "-", "."]) + source.choice(
            ["", "", "a", "beta.1", "0", "01", "-", "é"]
        )
        return ".".join(numbers) + (pre if len(pre) > 1 else "") + source.choice(["", "", "", "+b", "+b.1 "])

    def bound() -> str:
        return (
            source.choice(
                ["", "", ">", ">=", "<", "<=", "=", "^", "~", "~>", "v", "==", "!", "> =", "^ ", "< "]
            )
            + version()
        )

    def part() -> str:
        if source.random() < 0.15:
            return f"{version()} - {version()}"
        return source.choice([" ", "  ", "\t", "\u00a0", ", "]).join(
            bound() for _ in range(source.choice([1, 1, 2, 3]))
        )

    return source.choice(["||", " || ", "|"]).join(part() for _ in range(source.choice([1, 1, 2])))


def test_agrees_with_the_installed_npm() -> None:
    source = random.Random(20260501)
    texts = [_random_range(source) for _ in range(3000)]
    answers = ask(
        "const s = require(npm + '/node_modules/semver');"
        "answer = question.map(r => [{}, {loose: true}, {includePrerelease: true}, {loose: true, includePrerelease: true}]"
        ".map(o => s.validRange(r, o)))",
        texts,
    )
    mine = [
        [valid_range(text, loose=loose, include_prerelease=pre) for loose, pre in MODES] for text in texts
    ]
    assert [row for row in zip(texts, mine, answers, strict=True) if row[1] != row[2]] == []


class TestLimits:
    def test_length_and_numbers(self) -> None:
        assert parse_version("1.2.3-" + "a" * (MAX_LENGTH - 6)) is not None
        assert parse_version("1.2.3-" + "a" * (MAX_LENGTH - 5)) is None
        assert parse_version(" " * MAX_LENGTH + "1.2.3") is None
        assert parse_version(f"{MAX_NUMBER}.0.0") == Version(MAX_NUMBER, 0, 0)
        assert parse_version(f"{MAX_NUMBER + 1}.0.0") is None
        assert parse_range(f"^{MAX_NUMBER}") is None

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
    def test_hostile_text_is_read_in_linear_time(self, text: str) -> None:
        for loose in (False, True):
            parse_range(text, loose=loose)
            parse_version(text, loose=loose)
            satisfies("1.2.3", f"^1 || {text}", loose=loose)


class TestLaws:
    @given(range_texts)
    @example("1.2.3" + "0" * 5000)
    def test_any_text_is_a_range_or_none(self, text: str) -> None:
        for loose, pre in MODES:
            found = parse_range(text, loose=loose, include_prerelease=pre)
            assert found is None or found.alternatives
            assert (found is None) == (valid_range(text, loose=loose, include_prerelease=pre) is None)

    @given(range_texts, st.sampled_from(CASES["versions"]))
    def test_canonical_text_means_the_same(self, text: str, version: str) -> None:
        canonical = valid_range(text)
        if canonical is not None:
            assert satisfies(version, canonical) == satisfies(version, text)

    @given(st.text(max_size=20), st.sampled_from(["", "^", "~", ">=", "<"]))
    def test_any_text_is_a_version_or_none(self, text: str, operator: str) -> None:
        version = parse_version(text)
        if version is not None:
            assert parse_version(str(version)) == version
            assert parse_version(text, loose=True) == version
            assert operator not in {"^", "~", ">=", ""} or satisfies(text, f"{operator}{version}")

    @given(st.lists(versions, min_size=2))
    def test_order_is_total(self, found: list[Version]) -> None:
        for one, other in pairwise(sorted(found)):
            assert one <= other
            assert other >= one
            assert not other < one
            assert (one == other) == (not one < other)
            assert compare(one, other) == -compare(other, one)
            assert one != other or hash(one) == hash(other)

    @given(versions)
    def test_a_prerelease_comes_before_its_release(self, version: Version) -> None:
        release = Version(version.major, version.minor, version.patch)
        assert version <= release
        assert (version < release) == bool(version.prerelease)

    def test_a_version_is_not_its_text(self) -> None:
        assert parse_version("1.2.3") != "1.2.3"
        assert parse_version("1.2.3+a") == parse_version("v1.2.3+b")

import json
from collections.abc import Callable
from functools import cache

import pytest

from bench import lockfile_files_npm as made
from forecheck.lockfiles.npm import parse
from forecheck.lockfiles.npm_repeats import EXACT_BYTES
from forecheck.model import RemarkKind

PUBLIC = "https://registry.npmjs.org/"
LARGE = 11_000
npm3 = cache(made.npm3)


@pytest.mark.parametrize("write", [made.npm1, made.npm2, npm3])
@pytest.mark.parametrize("packages", [50, LARGE])
def test_each_key_once_gives_no_remark(packages: int, write: Callable[[int], bytes]) -> None:
    lockfile = parse(write(packages), "package-lock.json", lambda _: PUBLIC)
    assert len(lockfile.entries) == packages + 1
    assert lockfile.remarks == ()


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ('"resolved": ', '"resolved": "https://registry.npmjs.org/good/-/good-1.0.0.tgz", "resolved": '),
        (
            '"resolved": ',
            '"resolv\\u0065d" : "https://registry.npmjs.org/good/-/good-1.0.0.tgz", "resolved": ',
        ),
        ('"integrity": ', '"integrity" :"sha512-x", "integrity": '),
        ('"version": ', '"version": "1.0.0",\n"version": '),
        ('"node_modules/made-5": ', '"node_modules/made-5": {"version": "1.0.0"}, "node_modules/made-5": '),
    ],
)
@pytest.mark.parametrize("packages", [50, LARGE])
def test_a_key_said_twice_is_found_in_a_file_of_any_size(packages: int, once: str, twice: str) -> None:
    text = npm3(packages).decode()
    begin = text.index('"node_modules/made-5": ')
    text = text[:begin] + text[begin:].replace(once, twice, 1)
    assert (len(text) > EXACT_BYTES) is (packages == LARGE)
    (found,) = parse(text.encode(), "package-lock.json", lambda _: PUBLIC).remarks
    assert found.kind is RemarkKind.DUPLICATE_KEY
    assert found.at.pointer.startswith("/packages/node_modules~1made-5")
    assert found.at.line > 1


def test_the_last_one_counts() -> None:
    text = '{"packages": {"node_modules/a": {"version": "1.0.0"}, "node_modules/a": {"version": "2.0.0"}}}'
    lockfile = parse(text.encode(), "x", lambda _: PUBLIC)
    assert [one.release.spec for one in lockfile.entries] == ["a@2.0.0"]


def test_a_package_called_like_a_field_is_no_second_key() -> None:
    document = json.loads(npm3(LARGE))
    document["packages"]["node_modules/made-5"]["dependencies"] = {"resolved": "1", "integrity": "1"}
    assert parse(json.dumps(document).encode(), "x", lambda _: PUBLIC).remarks == ()

import pytest

from forecheck.npm.purl import purl


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("foo", "1.2.3", "pkg:npm/foo@1.2.3"),
        ("@scope/name", "1.2.3-rc.1", "pkg:npm/%40scope/name@1.2.3-rc.1"),
        ("JSONStream", "1.0.0+build.1", "pkg:npm/JSONStream@1.0.0%2Bbuild.1"),
        ("foo", "", "pkg:npm/foo"),
        ("a?b#c", "1@2", "pkg:npm/a%3Fb%23c@1%402"),
        ("é\ud800", "1", "pkg:npm/%C3%A9%EF%BF%BD@1"),
    ],
)
def test_purl(name: str, version: str, expected: str) -> None:
    assert purl(name, version) == expected

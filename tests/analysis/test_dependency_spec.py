import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.analysis.dependency_spec import Place, place_of, registry_name

CASES = {
    Place.REGISTRY: [
        "",
        "*",
        "^1.2.3",
        "1.x || >=2.0.0 <3",
        "latest",
        "npm:real@^1",
        "npm:@s/real@1",
        ">=1 - 2",
        "beta.1",
    ],
    Place.GIT: [
        *(
            "git+ssh://git@github.com/o/r.git#abc",
            "git://host/o/r",
            "git+https://host/o/r.git",
            "ssh://git@host/o/r",
        ),
        *(
            "github:o/r",
            "GitHub:o/r#semver:^1",
            "gitlab:o/r",
            "bitbucket:o/r",
            "gist:0123abcd",
            "o/r",
            "o/r#branch/x",
        ),
        *(
            "git@github.com:o/r.git",
            "https://github.com/o/r",
            "https://github.com/o/r#abc",
            "https://user@gitlab.com/o/r",
        ),
    ],
    Place.URL: [
        *("http://packages.example.net/npm/x", "https://example.net/x.tgz", "HTTP://192.0.2.1:8080/x"),
        *("https://github.com/o/r/archive/abc.tar.gz", "https://example.net/x.git"),
    ],
    Place.FILE: [
        *(
            "file:../x",
            "./x",
            "../x",
            "/x",
            "~/x",
            "x.tgz",
            "c:\\x",
            "C:x",
            "link:../x",
            "a/b/c",
            "@s/x/y",
            "..\\x",
        ),
        *(" ./x ", "sub/x.tar.gz/y"),
    ],
    Place.OTHER: ["workspace:*", "catalog:", "jsr:@s/x@1", "patch:x@npm%3A1#p", "javascript:alert(1)"],
}


@pytest.mark.parametrize(
    ("wanted", "place"), [(text, place) for place, texts in CASES.items() for text in texts]
)
def test_where_a_dependency_would_come_from(wanted: str, place: Place) -> None:
    assert place_of(wanted) is place


@settings(deadline=None)
@given(st.text())
def test_any_text_has_a_place_and_a_name(text: str) -> None:
    assert place_of(text) in Place
    assert isinstance(registry_name("x", text), str)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("^1", "key"),
        ("npm:real@^1", "real"),
        ("npm:@s/real@^1", "@s/real"),
        ("npm:@s/real", "@s/real"),
        ("npm:real", "real"),
    ],
)
def test_an_alias_stands_for_another_package(wanted: str, name: str) -> None:
    assert registry_name("key", wanted) == name

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forecheck.lockfiles import origins
from forecheck.lockfiles.origins import origin_of
from forecheck.model import FromRegistry, FromUnknown

PUBLIC = "https://registry.npmjs.org/"
REGISTRIES = [
    PUBLIC,
    "https://registry.yarnpkg.com/",
    "https://corp.example/npm/",
    "http://localhost:4873/",
    "https://corp.example/a..b/../npm/",
    "https://corp.example",
    "https://user@corp.example/",
    "https://corp.example/npm/?x=",
]
NAMES = st.sampled_from(
    ["a", "@s/a", "..", "@s/..", "a/../b", "a%2fb", "a?b", "a#b", "a\\b", "@/a", "", "A_~.-", "é"]
)
VERSIONS = st.sampled_from(
    ["1.0.0", "1.0.0-rc.1", "1.0.0+b", "", "1.0.0/../x", "1?", "%2e", "v1.0.0", "..", "é"]
)


@given(st.sampled_from(REGISTRIES), st.sampled_from([*REGISTRIES, "https://evil.example/"]), NAMES, VERSIONS)
@example("https://corp.example/npm/", PUBLIC, "@s/a", "1.0.0")
def test_the_short_way_gives_what_the_long_one_gives(
    base: str, registry: str, name: str, version: str
) -> None:
    """Usual URLs are recognised without taking them apart; that must never be a different answer."""
    url = f"{base}{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    assert origin_of(name, version, url, lambda _: registry) == origins._from_url(
        name, version, url, registry
    )


@pytest.mark.parametrize("registry", REGISTRIES[:4])
def test_the_registrys_own_url_is_its_own(registry: str) -> None:
    url = f"{registry}@s/a/-/a-1.0.0.tgz"
    assert origin_of("@s/a", "1.0.0", url, lambda _: registry) == FromRegistry(registry)


def test_each_package_has_the_registry_of_its_scope() -> None:
    def registry_for(name: str) -> str:
        return "https://corp.example/" if name.startswith("@corp/") else PUBLIC

    url = "https://corp.example/@corp/a/-/a-1.0.0.tgz"
    assert origin_of("@corp/a", "1.0.0", url, registry_for) == FromRegistry("https://corp.example/")
    assert origin_of("a", "1.0.0", "https://corp.example/a/-/a-1.0.0.tgz", registry_for) != FromRegistry(
        PUBLIC
    )


def test_a_registry_that_is_no_url_serves_nothing() -> None:
    broken = "https://[corp"
    assert origin_of("a", "1.0.0", "", lambda _: broken) == FromRegistry(broken)
    url = "https://h/a/-/a-1.0.0.tgz"
    assert origin_of("a", "1.0.0", url, lambda _: broken) == FromUnknown(url)

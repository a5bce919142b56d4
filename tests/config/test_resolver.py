"""How a name server may be written in forecheck.toml."""

import pytest

from forecheck.config import ConfigError, parse


@pytest.mark.parametrize(
    "server", ["192.0.2.53", "127.0.0.1:5353", "[2001:db8::1]:53", "[::1]", "2001:db8::1"]
)
def test_addresses(server: str) -> None:
    file = parse(f'[network]\nresolver = "{server}"\n', "forecheck.toml", ())
    assert file.network.resolver == server


@pytest.mark.parametrize(
    "server", ["", "dns.example", "https://dns.example/dns-query", "192.0.2.53/x", "1.2.3.4 ", "1.2"]
)
def test_everything_else_is_refused(server: str) -> None:
    with pytest.raises(ConfigError, match="an IP address, with a port or without"):
        parse(f'[network]\nresolver = "{server}"\n', "forecheck.toml", ())


def test_the_source_has_no_address_of_its_own() -> None:
    with pytest.raises(ConfigError) as caught:
        parse('[sources.dns]\nurl = "https://dns.example/"\n', "forecheck.toml", ())
    assert "[network] says where this is" in str(caught.value)

"""The trust root that comes with the program.

`sigstore-trusted-root.json` and `sigstore-npm-keys.json` are the targets `trusted_root.json` and
`registry.npmjs.org/keys.json` of https://tuf-repo-cdn.sigstore.dev, `sigstore-tuf-root.json` is version 15 of its
root role: as sigstore-js (`packages/tuf/seeds.json`, 769a53d8) and sigstore 4.5.1 of 2026-10 ship them (Apache-2.0).

The role's own expiry (2026-11-20) is of no account here: it limits what the network may offer, and signatures that
were logged while their keys counted stay good. What an old trust root cannot know is keys that came later.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Final

from forecheck.data import read_text
from forecheck.provenance.trust import Trust, read_trust

CURRENT_ON: Final = datetime(2026, 10, 1, tzinfo=UTC)
"""When the copy was known to be what the repository served."""


@cache
def embedded_trust() -> Trust:
    """The embedded trust root, read once in a process."""
    root = read_text("sigstore-trusted-root.json").encode()
    npm_keys = read_text("sigstore-npm-keys.json").encode()
    return read_trust(root, npm_keys, version="embedded", checked=CURRENT_ON)


def embedded_tuf_root() -> bytes:
    """The root role from which the repository's own metadata are verified."""
    return read_text("sigstore-tuf-root.json").encode()

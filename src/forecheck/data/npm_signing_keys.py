"""The keys that registry.npmjs.org signs packages with: what its `/-/npm/v1/keys` lists, usage `npm:signatures`.

Taken on 2026-11-23 from the TUF target `registry.npmjs.org/keys.json` of sigstore's repository (as sigstore-js ships
it), and compared with the copy that pnpm ships; both agree. Key id, expiry (empty: none), key (base64 SPKI).
"""

from typing import Final

REGISTRIES: Final = ("https://registry.npmjs.org/", "https://registry.yarnpkg.com/")
"""The registry, and the other name under which it answers."""

_HEAD: Final = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA"
"""How the base64 of every P-256 key begins."""

KEYS: Final = (
    (
        "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
        "2025-01-29T00:00:00.000Z",
        f"{_HEAD}E1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i6UPp+IhuteBJbuHcA5UogKo0EWtlWwW6KSaKoTNEYL7JlCQiVnkhBktUgg==",
    ),
    (
        "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
        "",
        f"{_HEAD}EY6Ya7W++7aUPzvMTrezH6Ycx3c+HOKYCcNGybJZSCJq/fd7Qa8uuAKtdIkUQtQiEKERhAmE5lMMJhP8OkDOa2g==",
    ),
)

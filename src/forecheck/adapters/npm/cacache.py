"""The tarballs in npm's own cache, found by their hash; only ever read, because its index is npm's private format.

Layout of cacache 20: `_cacache/content-v2/ALGORITHM/aa/bb/REST`, the hash in hexadecimal.
"""

import os
from binascii import Error, a2b_base64

from forecheck.adapters.files import LocalFiles
from forecheck.adapters.patience import about_to_wait
from forecheck.model import Unavailable


class NpmCache:
    """A `Downloaded` over npm's cache folder."""

    def __init__(self, folder: str) -> None:
        self._content = os.path.join(folder, "_cacache", "content-v2")
        self._files = LocalFiles(self._content)

    def find(self, integrity: str) -> bytes | None:
        algorithm, _, text = integrity.partition("-")
        try:
            name = a2b_base64(text, strict_mode=True).hex()
        except (Error, ValueError):
            return None
        if not algorithm.isalnum() or len(name) < 40:
            return None
        about_to_wait()
        try:
            return self._files.read(os.path.join(algorithm, name[:2], name[2:4], name[4:]))
        except Unavailable:
            return None

"""A TUF repository in memory (python-tuf 7 makes it): every file of it by its path, ready to be served.

repository = TufRepository({"trusted_root.json": b"…"})
repository.files["1.root.json"]
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from securesystemslib.signer._crypto_signer import CryptoSigner
from tuf.api._payload import MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.metadata import Metadata

ROLES = ("root", "timestamp", "snapshot", "targets")


def in_days(days: float) -> datetime:
    """From now, in whole seconds: python-tuf reads the machine's own clock."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


class TufRepository:
    """See the module. `files` are what is served; `first_root` is what a client starts from."""

    def __init__(self, targets: dict[str, bytes]) -> None:
        self.files: dict[str, bytes] = {}
        self.version = 0
        self.root_version = 0
        self.signers = {role: CryptoSigner.generate_ecdsa() for role in ROLES}
        self.rotate()
        self.first_root = self.files["1.root.json"]
        self.publish(targets)

    def rotate(self, *, days: float = 365, new_key: bool = False) -> None:
        """A new version of the root role, signed by the old and (if there is one) the new key."""
        old = self.signers["root"]
        if new_key:
            self.signers["root"] = CryptoSigner.generate_ecdsa()
        self.root_version += 1
        root = Root(version=self.root_version, expires=in_days(days), consistent_snapshot=True)
        for role in ROLES:
            root.add_key(self.signers[role].public_key, role)
        signed = Metadata(root)
        signed.sign(old)
        if new_key:
            signed.sign(self.signers["root"], append=True)
        self.files[f"{self.root_version}.root.json"] = signed.to_bytes()

    def publish(self, targets: dict[str, bytes], *, days: float = 7) -> None:
        """New versions of all other roles; `days` until the timestamp expires."""
        self.version += 1
        listed = Targets(version=self.version, expires=in_days(30))
        for path, data in targets.items():
            info = TargetFile.from_data(path, data, ["sha256"])
            listed.targets[path] = info
            folder, _, name = path.rpartition("/")
            prefix = f"{folder}/" if folder else ""
            self.files[f"targets/{prefix}{info.hashes['sha256']}.{name}"] = data
        snapshot = Snapshot(version=self.version, expires=in_days(30))
        snapshot.meta["targets.json"] = MetaFile(self.version)
        timestamp = Timestamp(version=self.version, expires=in_days(days))
        timestamp.snapshot_meta = MetaFile(self.version)
        self.files[f"{self.version}.targets.json"] = self._signed(listed, "targets")
        self.files[f"{self.version}.snapshot.json"] = self._signed(snapshot, "snapshot")
        self.files["timestamp.json"] = self._signed(timestamp, "timestamp")

    def _signed(self, role: Targets | Snapshot | Timestamp, name: str) -> bytes:
        metadata: Metadata[Any] = Metadata(role)
        metadata.sign(self.signers[name])
        return metadata.to_bytes()

from pathlib import Path

import pytest

from forecheck.adapters.npm.cacache import NpmCache
from forecheck.analysis.digests import digest
from tests.fakes.npm import npm_command, npm_environment
from tests.fakes.registry import Registry


def put(folder: Path, data: bytes, algorithm: str = "sha512") -> str:
    import hashlib

    name = hashlib.new(algorithm, data).hexdigest()
    place = folder / "_cacache" / "content-v2" / algorithm / name[:2] / name[2:4] / name[4:]
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    return digest(data, algorithm)


@pytest.mark.parametrize("algorithm", ["sha512", "sha1"])
def test_content_is_found_by_its_hash(tmp_path: Path, algorithm: str) -> None:
    assert NpmCache(str(tmp_path)).find(put(tmp_path, b"data", algorithm)) == b"data"


@pytest.mark.parametrize(
    "integrity",
    [
        "",
        "sha512",
        "sha512-",
        "sha512-AAAA",
        "sha512-no base64 at all",
        "../x-" + digest(b"x")[7:],
        "/-" + digest(b"x")[7:],
        f"{digest(b'data')} {digest(b'x')}",
        digest(b"x"),
    ],
)
def test_everything_else_is_not_there(tmp_path: Path, integrity: str) -> None:
    put(tmp_path, b"data")
    assert NpmCache(str(tmp_path)).find(integrity) is None


def test_a_folder_in_the_place_of_content_is_none(tmp_path: Path) -> None:
    integrity = put(tmp_path, b"data")
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    file.unlink()
    file.mkdir()
    assert NpmCache(str(tmp_path)).find(integrity) is None


@pytest.mark.e2e
def test_npm_keeps_what_it_downloads_there(tmp_path: Path, registry: Registry) -> None:
    import subprocess

    command = npm_command()
    if not command:
        pytest.skip("there is no npm")
    made = registry.publish("plain")
    cache = tmp_path / "cache"
    arguments = ["cache", "add", "plain@1.0.0", f"--registry={registry.url}", f"--cache={cache}"]
    subprocess.run(
        [*command, *arguments], env=npm_environment(tmp_path), cwd=tmp_path, check=True, capture_output=True
    )
    assert NpmCache(str(cache)).find(made.integrity) == made.tarball.data

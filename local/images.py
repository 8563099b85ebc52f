"""Pins the images that containers are made of by the digests of today: the last part of ``make lock``.

The lock of an image is where it is named: ``name:tag@sha256:…`` is that very image, whatever the tag comes to mean.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import requests

from local.settings import ROOT

FILES = tuple(ROOT / name for name in ("docker-compose.yaml", "deploy/Dockerfile", "deploy/sandbox.Dockerfile"))
REGISTRY, SIGN_IN = "https://registry-1.docker.io", "https://auth.docker.io/token"
# an image that is built here has another form: a variable, or the tag "local"
NAMED = re.compile(r"^(\s*image: |FROM )([a-z0-9/_-]+:(?!local\b)[\w.-]+)(@sha256:[0-9a-f]{64})?$", re.MULTILINE)
LISTS = "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json"


def unpinned(files: Sequence[Path] = FILES) -> list[str]:
    """Return the images without a digest."""
    return sorted({name for file in files for _, name, digest in NAMED.findall(file.read_text()) if not digest})


def pin(files: Sequence[Path] = FILES, registry: str = REGISTRY, sign_in: str = SIGN_IN) -> None:
    """Write the digest of today behind every image. Raises requests.RequestException before anything is written."""
    texts = {file: file.read_text() for file in files}
    names = {name for text in texts.values() for _, name, _ in NAMED.findall(text)}
    digests = {name: _digest(name, registry, sign_in) for name in sorted(names)}
    for file, text in texts.items():
        file.write_text(NAMED.sub(lambda named: f"{named[1]}{named[2]}@{digests[named[2]]}", text))


def _digest(name: str, registry: str, sign_in: str) -> str:
    """Ask Docker Hub what a tag is now, for all architectures."""
    repository, tag = name.split(":")
    repository = repository if "/" in repository else f"library/{repository}"
    scope = {"service": "registry.docker.io", "scope": f"repository:{repository}:pull"}
    token = requests.get(sign_in, params=scope, timeout=30)
    token.raise_for_status()
    headers = {"Accept": LISTS, "Authorization": f"Bearer {token.json()['token']}"}
    manifest = requests.get(f"{registry}/v2/{repository}/manifests/{tag}", headers=headers, timeout=30)
    manifest.raise_for_status()
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest := manifest.headers.get("Docker-Content-Digest", "")):
        raise requests.RequestException(f"the registry gave no digest for {name}")
    return digest


def main(arguments: Sequence[str]) -> int:
    """Write the digests of the images; with ``--check`` only name those that have none."""
    if "--check" not in arguments:
        try:
            pin()
        except requests.RequestException as error:
            print(f"lock: the images stay as they are, as their registry cannot be asked: {error}", file=sys.stderr)
            return 1
    if names := unpinned():
        print(
            f"no digest: {', '.join(names)}; run make lock where Docker Hub can be reached",
            file=sys.stderr,
        )
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which state of the sandboxes a whole run of their own tests has proven: ``proven.txt`` holds its digest.

``make test-all`` writes it after a green run (``python -m tests.proven``). While it holds, ``make test`` runs a slice
of those tests: the same ones each time, spread over all modules.
"""

import hashlib
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "tests" / "sandbox" / "proven.txt"
SLICE_OF = 6
_FOLDERS = ("sandbox", "tests/sandbox")
_FILES = ("requirements-local.txt", "tests/proven.py")


def digest() -> str:
    """Return the digest of all that the sandboxes' own tests depend on, the packages that serve them included."""
    paths = [path for folder in _FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    kept = [path for path in paths if "__pycache__" not in path.parts and path != FILE]
    total = hashlib.sha256()
    for path in sorted([*kept, *(ROOT / name for name in _FILES)]):
        total.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_proven() -> bool:
    """Return whether the present state is the one that was proven."""
    return FILE.exists() and FILE.read_text().strip() == digest()


def sliced(node_ids: Iterable[str]) -> set[str]:
    """Choose a sixth of the tests of every module by the hash of their names: the same ones on every machine."""
    by_module: defaultdict[str, list[str]] = defaultdict(list)
    for node_id in node_ids:
        by_module[node_id.partition("::")[0]].append(node_id)
    shuffled = [sorted(tests, key=lambda test: zlib.crc32(test.encode())) for tests in by_module.values()]
    return {test for tests in shuffled for test in tests[: math.ceil(len(tests) / SLICE_OF)]}


if __name__ == "__main__":
    FILE.write_text(f"{digest()}\n")

"""COPY into a table, the fast way in."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from sqlalchemy import text

from include.store.engine import Transaction

PIECE = 1 << 20  # given to the server at once; small pieces would wait for their turn between other threads


def copy(tx: Transaction, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows; None becomes NULL, bytes become bytea. ``table`` and ``columns`` are ours, never input."""
    copy_lines(tx, table, columns, (b"\t".join(map(_field, row)) for row in rows))


def copy_lines(tx: Transaction, table: str, columns: Sequence[str], lines: Iterable[bytes]) -> None:
    """Append lines that are in COPY's text form already."""
    names = ", ".join(f'"{column}"' for column in columns)
    content = BytesIO(b"\n".join(lines))
    tx.connection.cursor().copy_expert(f"COPY {table} ({names}) FROM STDIN", content, PIECE)


def escaped(value: bytes) -> bytes:
    """Return a value in COPY's text form."""
    if b"\\" in value:
        value = value.replace(b"\\", b"\\\\")
    return value.replace(b"\t", b"\\t").replace(b"\n", b"\\n").replace(b"\r", b"\\r")


def async_commit(tx: Transaction) -> None:
    """Do not wait for the disk at the end of this transaction: what is lost with it is read or looked up again."""
    tx.execute(text("SET LOCAL synchronous_commit = off"))


def _field(value: object) -> bytes:
    if value is None:
        return b"\\N"
    if isinstance(value, bytes):
        return b"\\\\x" + value.hex().encode()
    return escaped(str(value).encode())

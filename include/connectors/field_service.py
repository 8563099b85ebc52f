"""The contract of the field service app: it follows the master data, and yields the work orders."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from include.connectors.access import CredentialStore
from include.connectors.system import RemoteSystem
from include.http import Http
from include.records import LongValue, MasterRecord, Raw, WorkOrder, WorkOrderRef

RestoredId = tuple[str, int, int]  # the stream of a record that was made again, its id before and its id now


@dataclass(frozen=True)
class RemoteRecord:
    """Holds as much of a record in the field service app as a listing shows; ``key`` is the package's, if it carries
    one.

    ``number`` is what people know a customer or an article by.
    """

    id: int
    key: str | None
    active: bool
    label: str
    number: str = ""


@dataclass(frozen=True)
class DependentRecord:
    """Holds a record that is deleted along with its ``owner``, an id; ``by_hand``: the package knows nothing of it."""

    id: int
    owner: int
    label: str
    by_hand: bool


@dataclass(frozen=True)
class ExportedRecord:
    """Holds a whole record of the field service app, and those that go when it goes."""

    stream: str
    row: Raw
    children: tuple["ExportedRecord", ...] = ()


@dataclass(frozen=True)
class UnreadableRow:
    """Says of which row something cannot be read, and what; ``id`` is as the row has it, as far as it has one."""

    id: str
    reason: str


@dataclass(frozen=True)
class ArchivedWorkOrders:
    """Holds what a listing of archived work orders shows, and its rows that cannot be read."""

    refs: list[WorkOrderRef]
    unreadable: list[UnreadableRow]


class FieldService(Protocol):
    """Follows the master data, and yields the work orders. A row is a record as the app itself writes it."""

    def payload(self, record: MasterRecord) -> tuple[Raw, list[LongValue]]:
        """Return what would be written for a record, without other records' ids; and what of it is too long."""

    def parents(self, record: MasterRecord) -> dict[str, tuple[str, str]]:
        """Return the records that a record points at: field -> (stream, key)."""

    def points_at(self, stream: str) -> list[str]:
        """Return the streams that records of a stream point at."""

    def contents(self, stream: str) -> Iterator[list[Raw]]:
        """Yield the rows of a stream page by page, with the fields that are written."""

    def written(self, stream: str, row: Raw) -> tuple[Raw, dict[str, tuple[str, int]]]:
        """Return of a row what a payload would have, and what it points at: field -> (stream, id)."""

    def changes(self, stream: str, row: Raw, payload: Raw) -> dict[str, tuple[Any, Any]]:
        """Return what differs from a payload, by our word for the field: (as it is there, as it would be)."""

    def set_key(self, stream: str, row: Raw, key: str) -> None:
        """Let a row carry another key of the package."""

    def find(self, stream: str, keys: Sequence[str]) -> dict[str, list[int]]:
        """Return the ids of the records that carry these keys of the package, by key, lowest first."""

    def get_many(self, stream: str, ids: Sequence[int]) -> dict[int, Raw]:
        """Return the rows of these ids as they are now; one that is gone is left out."""

    def key_of(self, stream: str, row: Raw) -> str | None:
        """Return the package's key that a row carries."""

    def id_of(self, stream: str, row: Raw) -> int:
        """Return the id of a row."""

    def is_active(self, stream: str, row: Raw) -> bool:
        """Tell whether a row is active."""

    def create(self, stream: str, key: str, payload: Raw) -> int:
        """Make a record and return its id. Raises OutcomeUnknown, RecordRejected."""

    def update(self, stream: str, row: Raw, key: str, payload: Raw) -> bool:
        """Bring a row in line with a payload; return False when it was so already.

        Raises RecordRejected, and LookupError when it is gone.
        """

    def listing(self, stream: str) -> Iterator[list[RemoteRecord]]:
        """Yield all records of a stream, page by page."""

    def dependents(self, stream: str) -> dict[str, list[DependentRecord]]:
        """Return what is deleted along with records of a stream, at any distance, by what it is."""

    def in_use(self) -> dict[str, dict[int, list[str]]]:
        """Return, by stream, the ids that are on work orders that are not archived, with the numbers of those."""

    def set_active(self, stream: str, id: int, active: bool) -> bool:
        """Make a record active or inactive; return False when it was so already, or is gone. Raises RecordRejected."""

    def export(self, stream: str, id: int) -> ExportedRecord | None:
        """Return a record and what would be deleted along with it, with all fields; None when it is gone."""

    def delete(self, stream: str, id: int) -> bool:
        """Delete a record and return True; return False when that is refused because it is in use.

        Raises RecordRejected.
        """

    def restore(self, export: ExportedRecord, marker: str, restored: Sequence[RestoredId]) -> list[RestoredId]:
        """Make a record and what went with it again. The same marker never makes a second one.

        ``restored`` are those that are there again: they may be pointed at, and are not made a second time. Until
        ``finish_restore`` the records carry the marker in the place of their external id.
        """

    def finish_restore(self, export: ExportedRecord, restored: Sequence[RestoredId]) -> None:
        """Give the records that were made again their own external ids back."""

    def now(self) -> datetime | None:
        """Return the moment by the app's own clock; None when it does not tell."""

    def archived(self, since: datetime) -> ArchivedWorkOrders:
        """Return the archived work orders that changed at or after a moment, oldest change first."""

    def ready(self) -> list[int]:
        """Return the ids of work orders that were reported ready and are not archived; at most a page of them."""

    def work_order(self, id: int) -> WorkOrder | None:
        """Return the whole work order, None when it is gone or not archived."""


@dataclass(frozen=True, kw_only=True)
class FieldServiceApp(RemoteSystem):
    """Describes the field service app; ``open`` opens the licence of one tenant."""

    open: Callable[[CredentialStore[Any], Http], FieldService]

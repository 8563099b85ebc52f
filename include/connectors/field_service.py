"""The contract of the field service app: it follows the master data, and yields the work orders."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from include.connectors.access import CredentialStore
from include.connectors.system import RemoteSystem
from include.http import Http
from include.records import MasterRecord, Raw, WorkOrder, WorkOrderRef


@dataclass(frozen=True)
class RemoteRecord:
    """A record in the field service app, as far as a listing shows it; ``key`` is the package's, if it carries one.

    ``number`` is what people know a customer or an article by.
    """

    id: int
    key: str | None
    active: bool
    label: str
    number: str = ""


@dataclass(frozen=True)
class ExportedRecord:
    """A whole record of the field service app, and those that go when it goes."""

    stream: str
    row: Raw
    children: tuple["ExportedRecord", ...] = ()


class FieldService(Protocol):
    """The field service app: follows the master data, yields the work orders."""

    def payload(self, record: MasterRecord) -> tuple[Raw, list[tuple[str, int]]]:
        """What would be written for it, without other records' ids; (field, length) of texts that were shortened."""

    def parents(self, record: MasterRecord) -> dict[str, tuple[str, str]]:
        """Field -> (stream, key) of the records it points at."""

    def find(self, stream: str, keys: Sequence[str]) -> dict[str, list[int]]:
        """Ids of the records that carry these keys of the package, lowest first."""

    def get_many(self, stream: str, ids: Sequence[int]) -> dict[int, Raw]:
        """These records as they are now; one that is gone is left out."""

    def key_of(self, stream: str, row: Raw) -> str | None:
        """The package's key that a record carries."""

    def id_of(self, stream: str, row: Raw) -> int:
        """Its own id."""

    def is_active(self, stream: str, row: Raw) -> bool:
        """Whether it is active."""

    def create(self, stream: str, key: str, payload: Raw) -> int:
        """Its new id. Raises OutcomeUnknown, RecordRejected."""

    def update(self, stream: str, row: Raw, key: str, payload: Raw) -> bool:
        """Bring it in line; False when it was already. Raises RecordRejected, LookupError when it is gone."""

    def listing(self, stream: str) -> Iterator[list[RemoteRecord]]:
        """All records of a stream, page by page."""

    def in_use(self) -> dict[str, dict[int, str]]:
        """By stream: the ids that stand on a work order that is not archived, with the number of such a work order."""

    def set_active(self, stream: str, id: int, active: bool) -> bool:
        """False when it was so already, or is gone. Raises RecordRejected."""

    def export(self, stream: str, id: int) -> ExportedRecord | None:
        """A record and what would be deleted along with it, with all fields; None when it is gone."""

    def delete(self, stream: str, id: int) -> bool:
        """Whether it is gone now; False when it is refused because it is in use. Raises RecordRejected."""

    def restore(
        self, kept: ExportedRecord, mark: str, known: Sequence[tuple[str, int, int]]
    ) -> list[tuple[str, int, int]]:
        """Make it and what went with it again: (stream, id before, id now). The same mark never makes a second one.

        ``known`` are those that are there again: it may point at them, and they are not made a second time. Until
        ``unmark`` the records carry the mark in the place of their external id.
        """

    def finish_restore(self, kept: ExportedRecord, made: Sequence[tuple[str, int, int]]) -> None:
        """Give the records that were made again their own external ids back."""

    def archived(self, since: datetime) -> list[WorkOrderRef]:
        """Archived work orders that changed at or after a moment, oldest change first."""

    def ready(self) -> list[int]:
        """Ids of work orders that were reported ready and are not archived; at most a page of them."""

    def work_order(self, id: int) -> WorkOrder | None:
        """The whole work order, None when it is gone or not archived."""


@dataclass(frozen=True, kw_only=True)
class FieldServiceApp(RemoteSystem):
    """The field service app, as data; ``open`` opens the licence of one tenant."""

    open: Callable[[CredentialStore[Any], Http], FieldService]

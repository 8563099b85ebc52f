"""What is written to Simon: master data, one record a request, found by its external id before it is made."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from include.connectors import responses
from include.connectors.access import CredentialStore
from include.connectors.field_service import (
    ArchivedWorkOrders,
    DependentRecord,
    ExportedRecord,
    RemoteRecord,
    RestoredId,
)
from include.connectors.simple_simon import mapping, removal, work_orders
from include.connectors.simple_simon.client import SYSTEM, SimonAccess, SimonClient
from include.connectors.simple_simon.dialect import POINTS_AT
from include.connectors.simple_simon.restore import Restorer
from include.connectors.simple_simon.transports import transport
from include.errors import OutcomeUnknown
from include.http import Http
from include.records import LongValue, MasterRecord, Raw, WorkOrder

PAGE_SIZE = 100  # what Simon gives in one answer


class SimonConnection:
    """Follows the master data and reads the work orders of one tenant, as ``field_service.FieldService`` says."""

    def __init__(self, credentials: CredentialStore[SimonAccess], http: Http) -> None:
        self._client = SimonClient(credentials, http)
        self._transport, self._dialect = transport(self._client), self._client.dialect

    def payload(self, record: MasterRecord) -> tuple[Raw, list[LongValue]]:
        return mapping.payload(record, self._dialect)

    def parents(self, record: MasterRecord) -> dict[str, tuple[str, str]]:
        return mapping.parents(record, self._dialect)

    def points_at(self, stream: str) -> list[str]:
        return [parent for _, parent in self._pointers(stream)]

    def _pointers(self, stream: str) -> list[tuple[str, str]]:
        """Return the fields by which records of a stream point at others, and the streams of those."""
        fields = self._dialect.entities[stream].fields
        return [(fields[word], parent) for word, parent in POINTS_AT.get(stream, {}).items()]

    def contents(self, stream: str) -> Iterator[list[Raw]]:
        return self._transport.pages(stream, ("id", *mapping.WRITTEN[stream], *POINTS_AT.get(stream, {})))

    def written(self, stream: str, row: Raw) -> tuple[Raw, dict[str, tuple[str, int]]]:
        with responses.expect_shape(SYSTEM, f"GET {stream}"):
            ids = [(field, parent, row.get(field)) for field, parent in self._pointers(stream)]
            pointers = {field: (parent, int(id)) for field, parent, id in ids if id is not None}
        fields = self._dialect.entities[stream].fields
        texts = {fields[word]: mapping.as_written(word, row.get(fields[word])) for word in mapping.WRITTEN[stream]}
        return {**texts, fields["active"]: self.is_active(stream, row)}, pointers

    def changes(self, stream: str, row: Raw, payload: Raw) -> dict[str, tuple[Any, Any]]:
        words = {name: word for word, name in self._dialect.entities[stream].fields.items()}
        return {words[name]: (row.get(name), value) for name, value in payload.items() if row.get(name) != value}

    def set_key(self, stream: str, row: Raw, key: str) -> None:
        field = self._dialect.entities[stream].fields["external_id"]
        if row.get(field) != key:
            self._transport.update(stream, self.id_of(stream, row), {**row, field: key}, key)

    def find(self, stream: str, keys: Sequence[str]) -> dict[str, list[int]]:
        key_field = self._dialect.entities[stream].fields["external_id"]
        ids: dict[str, list[int]] = {}
        with responses.expect_shape(SYSTEM, f"GET {stream}"):
            for row in self._transport.matching(stream, "external_id", keys):
                ids.setdefault(row[key_field], []).append(self.id_of(stream, row))
        return {key: sorted(each) for key, each in ids.items()}

    def get_many(self, stream: str, ids: Sequence[int]) -> dict[int, Raw]:
        with responses.expect_shape(SYSTEM, f"GET {stream}"):
            return {self.id_of(stream, row): row for row in self._transport.matching(stream, "id", ids)}

    def key_of(self, stream: str, row: Raw) -> str | None:
        return row.get(self._dialect.entities[stream].fields["external_id"]) or None

    def id_of(self, stream: str, row: Raw) -> int:
        return self._dialect.id_of(stream, row)

    def is_active(self, stream: str, row: Raw) -> bool:
        return row.get(self._dialect.entities[stream].fields["active"]) is not False

    def create(self, stream: str, key: str, payload: Raw) -> int:
        try:
            row = self._transport.create(stream, payload, key)
        except OutcomeUnknown:
            # it may be there: look before making it again (contract, section 9)
            if ids := self.find(stream, [key]):
                return ids[key][0]
            row = self._transport.create(stream, payload, key)
        return self.id_of(stream, row)

    def update(self, stream: str, row: Raw, key: str, payload: Raw) -> bool:
        if all(row.get(name) == value for name, value in payload.items()):
            return False
        # PUT replaces: what is not ours (a remark, a bar code) must go back as it was
        self._transport.update(stream, self.id_of(stream, row), {**row, **payload}, key)
        return True

    def listing(self, stream: str) -> Iterator[list[RemoteRecord]]:
        return removal.listing(self._transport, self._dialect, stream)

    def dependents(self, stream: str) -> dict[str, list[DependentRecord]]:
        return removal.dependents(self._transport, self._dialect, stream)

    def in_use(self) -> dict[str, dict[int, list[str]]]:
        with responses.expect_shape(SYSTEM, "GET work_orders"):
            return removal.in_use(self._transport, self._dialect)

    def set_active(self, stream: str, id: int, active: bool) -> bool:
        row = self._transport.get(stream, id)
        field = self._dialect.entities[stream].fields["active"]
        if row is None or row.get(field) is active:
            return False
        self._transport.update(stream, id, {**row, field: active}, f"{stream} {id}")
        return True

    def export(self, stream: str, id: int) -> ExportedRecord | None:
        return removal.export(self._transport, self._dialect, stream, id)

    def delete(self, stream: str, id: int) -> bool:
        return removal.delete(self._transport, stream, id)

    def restore(self, export: ExportedRecord, marker: str, restored: Sequence[RestoredId]) -> list[RestoredId]:
        return Restorer(self._transport, self._dialect, export).restore(marker, restored)

    def finish_restore(self, export: ExportedRecord, restored: Sequence[RestoredId]) -> None:
        Restorer(self._transport, self._dialect, export).finish(restored)

    def now(self) -> datetime | None:
        self.ready()
        return self._client.answered_at

    def archived(self, since: datetime) -> ArchivedWorkOrders:
        return work_orders.archived(self._transport, self._dialect, since)

    def ready(self) -> list[int]:
        return list(islice(work_orders.ready(self._transport, self._dialect), PAGE_SIZE))

    def work_order(self, id: int) -> WorkOrder | None:
        with responses.expect_shape(SYSTEM, f"GET WorkOrder {id}"):
            return work_orders.work_order(self._transport, self._dialect, id)

"""What is written to Simon: master data, one record a request, found by its external id before it is made."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from include.connectors.access import CredentialStore
from include.connectors.field_service import ExportedRecord, RemoteRecord
from include.connectors.simple_simon import deletion, mapping, streams
from include.connectors.simple_simon.client import SimonAccess, SimonClient
from include.connectors.simple_simon.transports import transport
from include.errors import OutcomeUnknown
from include.http import Http
from include.records import MasterRecord, Raw, WorkOrder, WorkOrderRef

PAGE = 100  # what Simon gives in one answer


class SimonConnection:
    """The field service app of one tenant (``connectors.field_service.FieldService``)."""

    def __init__(self, credentials: CredentialStore[SimonAccess], http: Http) -> None:
        client = SimonClient(credentials, http)
        self._transport, self._dialect = transport(client), client.dialect

    def payload(self, record: MasterRecord) -> tuple[Raw, list[tuple[str, int]]]:
        return mapping.payload(record, self._dialect)

    def parents(self, record: MasterRecord) -> dict[str, tuple[str, str]]:
        return mapping.parents(record, self._dialect)

    def find(self, stream: str, keys: Sequence[str]) -> dict[str, list[int]]:
        fields = self._dialect.entities[stream].fields
        found: dict[str, list[int]] = {}
        for row in self._transport.matching(stream, "external_id", keys):
            found.setdefault(row[fields["external_id"]], []).append(int(row[fields["id"]]))
        return {key: sorted(ids) for key, ids in found.items()}

    def get_many(self, stream: str, ids: Sequence[int]) -> dict[int, Raw]:
        id_field = self._dialect.entities[stream].fields["id"]
        return {int(row[id_field]): row for row in self._transport.matching(stream, "id", ids)}

    def key_of(self, stream: str, row: Raw) -> str | None:
        return row.get(self._dialect.entities[stream].fields["external_id"]) or None

    def id_of(self, stream: str, row: Raw) -> int:
        return int(row[self._dialect.entities[stream].fields["id"]])

    def is_active(self, stream: str, row: Raw) -> bool:
        return row.get(self._dialect.entities[stream].fields["active"]) is not False

    def create(self, stream: str, key: str, payload: Raw) -> int:
        try:
            made = self._transport.create(stream, payload, key)
        except OutcomeUnknown:
            # it may be there: look before making it again (contract, section 9)
            if found := self.find(stream, [key]):
                return found[key][0]
            made = self._transport.create(stream, payload, key)
        return int(made[self._dialect.entities[stream].fields["id"]])

    def update(self, stream: str, row: Raw, key: str, payload: Raw) -> bool:
        if all(row.get(name) == value for name, value in payload.items()):
            return False
        # PUT replaces: what is not ours (a remark, a bar code) must go back as it was
        id = int(row[self._dialect.entities[stream].fields["id"]])
        self._transport.update(stream, id, {**row, **payload}, key)
        return True

    def listing(self, stream: str) -> Iterator[list[RemoteRecord]]:
        return deletion.listing(self._transport, self._dialect, stream)

    def in_use(self) -> dict[str, dict[int, str]]:
        return deletion.in_use(self._transport, self._dialect)

    def set_active(self, stream: str, id: int, active: bool) -> bool:
        row = self._transport.get(stream, id)
        name = self._dialect.entities[stream].fields["active"]
        if row is None or row.get(name) is active:
            return False
        self._transport.update(stream, id, {**row, name: active}, f"{stream} {id}")
        return True

    def export(self, stream: str, id: int) -> ExportedRecord | None:
        return deletion.export(self._transport, self._dialect, stream, id)

    def delete(self, stream: str, id: int) -> bool:
        return deletion.delete(self._transport, stream, id)

    def restore(
        self, kept: ExportedRecord, mark: str, known: Sequence[tuple[str, int, int]]
    ) -> list[tuple[str, int, int]]:
        return deletion.restore(self._transport, self._dialect, kept, mark, list(known))

    def finish_restore(self, kept: ExportedRecord, made: Sequence[tuple[str, int, int]]) -> None:
        deletion.finish_restore(self._transport, self._dialect, kept, list(made))

    def archived(self, since: datetime) -> list[WorkOrderRef]:
        return list(streams.archived(self._transport, self._dialect, since))

    def ready(self) -> list[int]:
        return list(islice(streams.ready(self._transport, self._dialect), PAGE))

    def work_order(self, id: int) -> WorkOrder | None:
        return streams.work_order(self._transport, self._dialect, id)

"""Makes what was deleted from Simon again, when a person wants it back."""

from collections.abc import Sequence
from dataclasses import dataclass

from include.connectors.field_service import ExportedRecord, RestoredId
from include.connectors.simple_simon.dialect import POINTS_AT, READ_ONLY, ApiDialect
from include.connectors.simple_simon.transports import Transport
from include.errors import OutcomeUnknown
from include.records import Raw


@dataclass(frozen=True)
class Restorer:
    """Makes one record and what went with it again."""

    transport: Transport
    dialect: ApiDialect
    export: ExportedRecord

    def restore(self, marker: str, restored: Sequence[RestoredId]) -> list[RestoredId]:
        """Make what is not ``restored`` yet, each under a marker of its own that finds it after a lost answer."""
        done: list[RestoredId] = []
        skipped = {(stream, before) for stream, before, _ in restored}
        for number, record in enumerate(self._records()):
            before = self.dialect.id_of(record.stream, record.row)
            if (record.stream, before) not in skipped:
                pointers = self._pointers(record, [*restored, *done])
                survived = self._reattach_survivor(record, before, pointers)
                after = before if survived else self._recreate(record, pointers, f"{marker}-{number}")
                done.append((record.stream, before, after))
        return done

    def finish(self, restored: Sequence[RestoredId]) -> None:
        """Put their own external ids in the place of the markers."""
        ids = {(stream, before): after for stream, before, after in restored}
        for record in self._records():
            field = self.dialect.entities[record.stream].fields["external_id"]
            id = ids[record.stream, self.dialect.id_of(record.stream, record.row)]
            row = self.transport.get(record.stream, id)
            if row is not None and row.get(field) != record.row.get(field):
                self._update(record.stream, id, {**row, field: record.row.get(field)})

    def _records(self) -> list[ExportedRecord]:
        """Return the record first; what hangs on two others, such as a contact, once."""
        by_id: dict[tuple[str, int], ExportedRecord] = {}

        def walk(record: ExportedRecord) -> None:
            by_id.setdefault((record.stream, self.dialect.id_of(record.stream, record.row)), record)
            for child in record.children:
                walk(child)

        walk(self.export)
        # work addresses before the contacts that point at them
        return sorted(by_id.values(), key=lambda each: (each is not self.export, each.stream != "work_addresses"))

    def _pointers(self, record: ExportedRecord, restored: Sequence[RestoredId]) -> Raw:
        """Return its fields that point at others, with their ids as they are now; None where those are gone."""
        fields = self.dialect.entities[record.stream].fields
        now = {(stream, before): after for stream, before, after in restored}
        pointers: Raw = {}
        for field, parent in POINTS_AT.get(record.stream, {}).items():
            if (before := record.row.get(fields[field])) is not None:
                after = now.get((parent, int(before)), int(before))
                pointers[fields[field]] = None if self.transport.get(parent, after) is None else after
        return pointers

    def _reattach_survivor(self, record: ExportedRecord, id: int, pointers: Raw) -> bool:
        """Point a record that did not go along, such as a contact of two, at what it lost; False when it is gone."""
        row = self.transport.get(record.stream, id)
        if row is None:
            return False
        if lost := {name: after for name, after in pointers.items() if row.get(name) is None and after is not None}:
            self._update(record.stream, id, {**row, **lost})
        return True

    def _recreate(self, record: ExportedRecord, pointers: Raw, marker: str) -> int:
        """Make a record of all fields that can be written, and return its id; an earlier try may have made it."""
        fields = self.dialect.entities[record.stream].fields
        fixed = [fields[word] for word in READ_ONLY]
        values = {name: value for name, value in record.row.items() if name not in fixed and not name.startswith("@")}
        if (id := self._find(record.stream, marker)) is not None:
            return id
        payload = {**values, **pointers, fields["external_id"]: marker}
        try:
            return self.dialect.id_of(record.stream, self.transport.create(record.stream, payload, marker))
        except OutcomeUnknown:
            if (id := self._find(record.stream, marker)) is None:
                raise
            return id

    def _update(self, stream: str, id: int, row: Raw) -> None:
        self.transport.update(stream, id, row, f"{self.dialect.entities[stream].name} {id}")

    def _find(self, stream: str, marker: str) -> int | None:
        rows = self.transport.matching(stream, "external_id", [marker])
        return min((self.dialect.id_of(stream, row) for row in rows), default=None)

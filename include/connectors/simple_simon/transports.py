"""The two generations of Simon's API behind one set of verbs. Both use the same entities and fields."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from include.connectors import responses
from include.connectors.paging import PageFollower
from include.connectors.simple_simon.client import SYSTEM, SimonClient
from include.connectors.simple_simon.dialect import ApiDialect
from include.connectors.simple_simon.mapping import write_moment
from include.connectors.values import batched
from include.errors import RecordMissing
from include.records import Raw

T = TypeVar("T")
VALUES_PER_REQUEST = 25  # looked up together
ROWS_PER_PAGE = 1000  # handed on together where the other side knows no pages


class Transport(Protocol):
    """Reads and writes rows in Simon's own names; ``stream`` is our word for the entity."""

    def matching(self, stream: str, field: str, values: Sequence[str | int]) -> Iterator[Raw]:
        """Yield the rows whose field (our word) has one of these values."""

    def changed_since(self, stream: str, since: datetime, status: str) -> Iterator[Raw]:
        """Yield the rows of this status that changed at or after a moment, oldest change first."""

    def pages(self, stream: str, fields: Sequence[str]) -> Iterator[list[Raw]]:
        """Yield all rows, with at least these fields (our words)."""

    def not_of_status(self, stream: str, status: str) -> Iterator[Raw]:
        """Yield the rows of any other status than this one."""

    def get(self, stream: str, id: int) -> Raw | None: ...

    def create(self, stream: str, row: Raw, record: str) -> Raw: ...

    def update(self, stream: str, id: int, row: Raw, record: str) -> None: ...

    def delete(self, stream: str, id: int) -> None:
        """Delete a row. Raises RecordMissing, RecordConflict when it is in use, RecordRejected."""


class ODataTransport:
    """Speaks the current generation of the API (contract, section 5)."""

    def __init__(self, client: SimonClient) -> None:
        self._client, self._dialect = client, client.dialect

    def matching(self, stream: str, field: str, values: Sequence[str | int]) -> Iterator[Raw]:
        """Look many values up in one request, as long as its address stays short."""
        name = self._dialect.entities[stream].fields[field]
        for batch in batched(list(values), VALUES_PER_REQUEST):
            yield from self._list(stream, {"$filter": " or ".join(f"{name} eq {_literal(value)}" for value in batch)})

    def changed_since(self, stream: str, since: datetime, status: str) -> Iterator[Raw]:
        fields = self._dialect.entities[stream].fields
        changed, state = fields["changed_at"], f"{fields['status']} eq {_literal(status)}"
        since_text = write_moment(_surely_before(since, self._dialect), self._dialect)
        query = {"$filter": f"{state} and {changed} ge {since_text}", "$orderby": f"{changed},{fields['id']}"}
        return self._list(stream, query)

    def pages(self, stream: str, fields: Sequence[str]) -> Iterator[list[Raw]]:
        names = self._dialect.entities[stream].fields
        return self._pages(stream, {"$select": ",".join(names[field] for field in fields)})

    def not_of_status(self, stream: str, status: str) -> Iterator[Raw]:
        field = self._dialect.entities[stream].fields["status"]
        return self._list(stream, {"$filter": f"{field} ne {_literal(status)}"})

    def get(self, stream: str, id: int) -> Raw | None:
        try:
            row: Raw = self._client.call("GET", f"{self._name(stream)}({id})")
        except RecordMissing:
            return None
        return row

    def create(self, stream: str, row: Raw, record: str) -> Raw:
        created: Raw = self._client.call("POST", self._name(stream), json=row, record=record)
        return created

    def update(self, stream: str, id: int, row: Raw, record: str) -> None:
        self._client.call("PUT", f"{self._name(stream)}({id})", json=row, record=record)

    def delete(self, stream: str, id: int) -> None:
        self._client.call("DELETE", f"{self._name(stream)}({id})", record=f"{self._name(stream)} {id}")

    def _name(self, stream: str) -> str:
        return self._dialect.entities[stream].name

    def _list(self, stream: str, query: Mapping[str, str]) -> Iterator[Raw]:
        for rows in self._pages(stream, query):
            yield from rows

    def _pages(self, stream: str, query: Mapping[str, str]) -> Iterator[list[Raw]]:
        name = self._name(stream)
        paging, parameters = PageFollower(SYSTEM, name), dict(query)
        address: str | None = self._client.address(name)
        while address:
            with responses.expect_shape(SYSTEM, f"GET {name}"):
                answer = self._client.call("GET", address, query=parameters)
                rows = responses.rows_of(answer["value"])
                paging.take(rows)
                address, parameters = paging.follow(address, answer.get("@odata.nextLink")), {}
            yield rows


class RestTransport:
    """Speaks the older generation of the API (contract, section 6)."""

    def __init__(self, client: SimonClient) -> None:
        self._client, self._dialect = client, client.dialect

    def matching(self, stream: str, field: str, values: Sequence[str | int]) -> Iterator[Raw]:
        """Send one request for each value: this generation has no "or"."""
        for value in values:
            yield from self._select(stream, {field: value})

    def changed_since(self, stream: str, since: datetime, status: str) -> Iterator[Raw]:
        fields = self._dialect.entities[stream].fields
        rows = self._select(
            stream, {"status": status, "changed_at": write_moment(_surely_before(since, self._dialect), self._dialect)}
        )
        yield from sorted(rows, key=lambda row: (str(row.get(fields["changed_at"])), str(row.get(fields["id"]))))

    def pages(self, stream: str, fields: Sequence[str]) -> Iterator[list[Raw]]:
        yield from map(list, batched(list(self._select(stream, {})), ROWS_PER_PAGE))

    def not_of_status(self, stream: str, status: str) -> Iterator[Raw]:
        """Read the whole table: a status that nobody heard of has to be among them."""
        field = self._dialect.entities[stream].fields["status"]
        return (row for row in self._select(stream, {}) if row.get(field) != status)

    def get(self, stream: str, id: int) -> Raw | None:
        return next(self._select(stream, {"id": id}), None)

    def create(self, stream: str, row: Raw, record: str) -> Raw:
        created: Raw = self._client.call("POST", f"{self._table(stream)}/insert", json=row, record=record)
        return created

    def update(self, stream: str, id: int, row: Raw, record: str) -> None:
        body = {**row, self._dialect.entities[stream].fields["id"]: id}
        self._client.call("POST", f"{self._table(stream)}/update", json=body, record=record)

    def delete(self, stream: str, id: int) -> None:
        body = {self._dialect.entities[stream].fields["id"]: id}
        self._client.call("POST", f"{self._table(stream)}/delete", json=body, record=f"{self._table(stream)} {id}")

    def _table(self, stream: str) -> str:
        return self._dialect.entities[stream].name.lower()

    def _select(self, stream: str, equal: Mapping[str, Any]) -> Iterator[Raw]:
        fields = self._dialect.entities[stream].fields
        query = {fields[name].lower(): value for name, value in equal.items()}
        path = f"{self._table(stream)}/select"
        with responses.expect_shape(SYSTEM, f"GET {path}"):
            rows = responses.rows_of(self._client.call("GET", path, query=query))
        yield from rows


def transport(client: SimonClient) -> Transport:
    """Return the transport of the client's dialect."""
    return ODataTransport(client) if client.dialect.name == "odata" else RestTransport(client)


def _surely_before(since: datetime, dialect: ApiDialect) -> datetime:
    """Return a moment from which nothing is missed: an hour of local time comes twice when summer time ends."""
    return since - timedelta(hours=1) if dialect.date_style == "iso_naive_local" else since


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

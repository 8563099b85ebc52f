"""The integration log: one row in our store and the same line in the task log, by code of the catalogue (R7)."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from include.errors import IntegrationError
from include.messages import Language, Severity, lookup
from include.store import Store
from include.store import log as rows


@dataclass(frozen=True)
class Line:
    """A row of the log as a person reads it."""

    time: datetime
    table: str
    record: str
    type: str
    message: str
    action: str
    code: str
    run: str


@dataclass(frozen=True)
class IntegrationLog:
    """Writes for one tenant and one run."""

    store: Store
    tenant_id: int
    tenant: str
    run: str

    def write(self, code: str, record: str = "", table: str = "", **values: object) -> None:
        """``table`` is what the message concerns when it is not the code's own. Raises KeyError for an unknown code."""
        message = lookup(code)
        record = record.replace("\x00", "")  # which no database takes, and which may come from anywhere
        shown = {name: str(value).replace("\x00", "") for name, value in values.items()}
        text = message.text({"record": record, **shown})
        row = {"table": table or message.table, "record": record, "severity": message.severity, "code": code}
        line = structlog.get_logger("koppel").bind(tenant=self.tenant, **row, run=self.run)
        if text.action:
            line = line.bind(action=text.action)
        {"warning": line.warning, "error": line.error}.get(message.severity, line.info)(text.message)
        with self.store.begin() as tx:
            rows.add(tx, self.tenant_id, {**row, "values": shown, "run": self.run})

    def error(self, error: IntegrationError, record: str = "", table: str = "") -> None:
        """The row of an error; ``record`` and ``table`` when the error does not know them."""
        self.write(error.code, error.record or record, table, **error.values)


def latest(
    store: Store, tenant_id: int, limit: int, severity: Severity | None = None, language: Language = "nl"
) -> list[Line]:
    """The last lines of a tenant, newest first, in the reader's language."""
    with store.begin() as tx:
        found = rows.latest(tx, tenant_id, limit, severity)
    return [_line(row, language) for row in found]


def _line(row: rows.LogRow, language: Language) -> Line:
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    return Line(row.at, row.table, row.record, row.severity, text.message, text.action, row.code, row.run)

"""The integration log: one row in our store and the same line in the task log, by code of the catalogue (R7)."""

from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from include.errors import IntegrationError, ProblemNotFound
from include.messages import Language, Severity, lookup
from include.store import Store, Transaction, problems
from include.store import log as log_table
from include.store.problems import ProblemFilter


@dataclass(frozen=True)
class LogLine:
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
class Problem:
    """A warning or error that is not known to be settled, as a person reads it (R7.5)."""

    id: int
    table: str
    record: str
    type: str
    message: str
    action: str
    code: str
    first: datetime
    last: datetime
    count: int
    run: str


@dataclass(frozen=True)
class NewMessage:
    """A message that was stored and is still to be printed; ``values`` fill in its text."""

    code: str
    table: str
    record: str
    severity: Severity
    values: dict[str, str]


@dataclass(frozen=True)
class IntegrationLog:
    """Writes for one tenant and one run."""

    store: Store
    tenant_id: int
    tenant: str
    run: str

    def write(self, code: str, record: str = "", table: str = "", **values: object) -> None:
        """Store a message and print it in the task log. Raises KeyError for a code that is not in the catalogue.

        ``table`` is what the message concerns when it is not the code's own.
        """
        with self.store.begin() as tx:
            message = self.add(tx, code, record, table, **values)
        self.print(message)

    def add(self, tx: Transaction, code: str, record: str = "", table: str = "", **values: object) -> NewMessage:
        """Store a message along with what else the transaction does; ``print`` it once that is committed."""
        entry = lookup(code)
        record = record.replace("\x00", "")  # which no database takes, and which may come from anywhere
        texts = {name: str(value).replace("\x00", "") for name, value in values.items()}
        message = NewMessage(code, table or entry.table, record, entry.severity, texts)
        row = {**asdict(message), "run": self.run}
        log_table.add(tx, self.tenant_id, row)
        if message.severity in ("warning", "error"):
            problems.record(tx, self.tenant_id, row)
        return message

    def print(self, message: NewMessage) -> None:
        """Write a stored message to the task log (R7.4)."""
        text = lookup(message.code).text({"record": message.record, **message.values})
        named = {"table": message.table, "record": message.record, "severity": message.severity, "code": message.code}
        line = structlog.get_logger("koppel").bind(tenant=self.tenant, **named, run=self.run)
        if text.action:
            line = line.bind(action=text.action)
        {"warning": line.warning, "error": line.error}.get(message.severity, line.info)(text.message)

    def error(self, error: IntegrationError, record: str = "", table: str = "") -> None:
        """The row of an error; ``record`` and ``table`` when the error does not know them."""
        self.write(error.code, error.record or record, table, **error.values)

    def solved(self, table: str, record: str | None = None, *codes: str, startswith: str = "", **values: str) -> int:
        """Close the open problems of a table that are settled now, and say so once; nothing when there were none.

        ``record`` None is any record, no codes any code; ``values`` are some of the text's values.
        """
        with self.store.begin() as tx:
            closed = problems.close(tx, self.tenant_id, ProblemFilter(table, record, codes, startswith, values=values))
        if closed:
            self.write("problem.resolved", record or "", table, count=closed)
        return closed


def latest(
    store: Store, tenant_id: int, limit: int, severity: Severity | None = None, language: Language = "nl"
) -> list[LogLine]:
    """The last lines of a tenant, newest first, in the reader's language."""
    with store.begin() as tx:
        found = log_table.latest(tx, tenant_id, limit, severity)
    return [_line(row, language) for row in found]


def open_problems(
    store: Store, tenant_id: int, limit: int = 1000, severity: Severity | None = None, language: Language = "nl"
) -> list[Problem]:
    """What is not settled yet, the one that was said last first, in the reader's language."""
    with store.begin() as tx:
        found = problems.opened(tx, tenant_id, limit, severity)
    return [_problem(row, language) for row in found]


def is_open(store: Store, tenant_id: int, code: str, record: str = "") -> bool:
    """Whether this was said and is not settled."""
    with store.begin() as tx:
        return problems.is_open(tx, tenant_id, code, record)


def dismiss(store: Store, tenant_id: int, problem_id: int, by: str) -> None:
    """Close a problem because a person says that it is settled. Raises UnknownProblem."""
    with store.begin() as tx:
        if not problems.dismiss(tx, tenant_id, problem_id, by):
            raise ProblemNotFound(
                f"problem: {problem_id} is not open; koppel problems list TENANT shows those that are"
            )


def _problem(row: problems.ProblemRow, language: Language) -> Problem:
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    what = (row.id, row.table, row.record, row.severity, text.message, text.action, row.code)
    return Problem(*what, row.first_at, row.last_at, row.count, row.run)


def _line(row: log_table.LogRow, language: Language) -> LogLine:
    text = lookup(row.code).text({"record": row.record, **row.values}, language)
    return LogLine(row.at, row.table, row.record, row.severity, text.message, text.action, row.code, row.run)

"""Writes the integration log: a row in our store and the same line in the task log, by code of the catalogue (R7)."""

from dataclasses import asdict, dataclass
from typing import Any

import structlog

from include.errors import IntegrationError
from include.messages import Severity, lookup, stored_values
from include.store import Store, Transaction, problems
from include.store import log as log_table
from include.store.problems import ProblemFilter
from include.visible_text import visible


@dataclass(frozen=True)
class NewMessage:
    """A message that was stored and is still to be printed; ``values`` fill in its text."""

    code: str
    table: str
    record: str
    severity: Severity
    values: dict[str, Any]


@dataclass(frozen=True)
class IntegrationLog:
    """The log of one tenant, as one run writes it."""

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
        message = NewMessage(code, table or entry.table, record, entry.severity, stored_values(values))
        row = {**asdict(message), "run": self.run}
        log_table.add(tx, self.tenant_id, row)
        if message.severity.is_problem:
            problems.record(tx, self.tenant_id, row)
        return message

    def print(self, message: NewMessage) -> None:
        """Write a stored message to the task log (R7.4)."""
        text = lookup(message.code).text({"record": message.record, **message.values})
        line = structlog.get_logger("koppel").bind(
            tenant=self.tenant,
            table=message.table,
            record=visible(message.record),
            severity=message.severity.value,
            code=message.code,
            run=self.run,
        )
        if text.action:
            line = line.bind(action=text.action)
        levels = {Severity.WARNING: line.warning, Severity.ERROR: line.error}
        levels.get(message.severity, line.info)(text.message)

    def error(self, error: IntegrationError, record: str = "", table: str = "") -> None:
        """Write the message of an error; ``record`` and ``table`` when the error does not know them."""
        self.write(error.code, error.record or record, table, **error.values)

    def resolve(self, problem_filter: ProblemFilter) -> int:
        """Resolve the open problems that are over, say so once, and return how many there were."""
        with self.store.begin() as tx:
            count = problems.resolve(tx, self.tenant_id, problem_filter)
        if count:
            self.write("problem.resolved", problem_filter.record or "", problem_filter.table or "", count=count)
        return count

    def resolve_connection(self, system: str, *codes: str) -> int:
        """Resolve what was wrong with the connection to a system that answered; of all codes when none is named."""
        values = {"system": system}
        return self.resolve(
            ProblemFilter(table="connection", record="", codes=codes, code_prefix="connection.", values=values)
        )

"""The log as a file that a spreadsheet opens, and that makes it calculate nothing."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from include.log.search import LogMessage
from include.messages import Language
from include.push.stats import ZONE
from include.visible_text import as_cell
from plugins.koppel.labels import label, state_label
from plugins.koppel.language import N_, translations

COLUMNS = (
    *(N_("Time"), N_("Coupling"), N_("Table"), N_("Record"), N_("Type of message")),
    *(N_("Message"), N_("Action to take"), N_("Code"), N_("Run")),
)
BYTE_ORDER_MARK = "\ufeff"
ROWS_PER_PART = 200


def csv_parts(messages: Iterable[LogMessage], language: Language) -> Iterator[str]:
    """Yield the file in parts. Excel in Dutch expects semicolons and the byte order mark."""
    texts = translations(language)
    part = StringIO(BYTE_ORDER_MARK)
    part.seek(0, 2)
    writer = csv.writer(part, delimiter=";")
    writer.writerow([texts.gettext(column) for column in COLUMNS])
    for number, message in enumerate(messages, 1):
        writer.writerow([as_cell(cell) for cell in _cells(message, language)])
        if number % ROWS_PER_PART == 0:
            yield part.getvalue()
            part.seek(0)
            part.truncate()
    yield part.getvalue()


def _cells(message: LogMessage, language: Language) -> list[str]:
    """Return the values of a row, in the order of the columns."""
    return [
        f"{message.time.astimezone(ZONE):%Y-%m-%d %H:%M:%S}",
        message.tenant,
        label(message.table, language),
        message.record,
        state_label("severity", message.type, language),
        message.message,
        message.action,
        message.code,
        message.run,
    ]

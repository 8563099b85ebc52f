"""The log as a file that a spreadsheet opens, and that makes it calculate nothing."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from include.messages import Language
from include.push.deliveries import ZONE
from include.tenants.logbook import Message
from plugins.koppel.language import translations
from plugins.koppel.rendering import LABELS, marked

COLUMNS = (
    *(marked("Time"), marked("Coupling"), marked("Table"), marked("Record"), marked("Type of message")),
    *(marked("Message"), marked("Action to take"), marked("Code"), marked("Run")),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # what makes a spreadsheet take a text for a formula
TOGETHER = 200


def lines(rows: Iterable[Message], language: Language) -> Iterator[str]:
    """The file in parts. Semicolons and the mark at the beginning are what Excel in Dutch expects."""
    texts = translations(language)
    part = StringIO("\ufeff")
    part.seek(0, 2)
    writer = csv.writer(part, delimiter=";")
    writer.writerow([texts.gettext(column) for column in COLUMNS])
    for number, row in enumerate(rows, 1):
        shown = [texts.gettext(LABELS.get(key, key)) for key in (row.table, row.type)]
        time = f"{row.time.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
        what = (time, row.tenant, shown[0], row.record, shown[1], row.message, row.action, row.code, row.run)
        writer.writerow([harmless(value) for value in what])
        if number % TOGETHER == 0:
            yield part.getvalue()
            part.seek(0)
            part.truncate()
    yield part.getvalue()


def harmless(text: str) -> str:
    """With an apostrophe before what would be calculated."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text

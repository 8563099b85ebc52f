"""The log as a file that a spreadsheet opens, and that makes it calculate nothing."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from include.log.search import LogMessage
from include.messages import Language
from include.push.stats import ZONE
from plugins.koppel.language import translations
from plugins.koppel.templating import LABELS, N_

COLUMNS = (
    *(N_("Time"), N_("Coupling"), N_("Table"), N_("Record"), N_("Type of message")),
    *(N_("Message"), N_("Action to take"), N_("Code"), N_("Run")),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # what makes a spreadsheet take a text for a formula
TOGETHER = 200


def lines(rows: Iterable[LogMessage], language: Language) -> Iterator[str]:
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

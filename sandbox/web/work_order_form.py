"""Reads what a person filled in as what a desk takes; it reports per field what is wrong."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs

from sandbox.web.views import WorkOrderRequest

ROWS = 4  # of articles
_LONGEST = 1000
_MOST_MINUTES = 24 * 60


class InvalidForm(Exception):
    """A form holds what cannot be taken; ``problems`` are sentences, each about one field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


def read(body: bytes) -> dict[str, str]:
    """Read the fields of a form, each with its first value; bytes that are no text are replaced."""
    return {name: values[0].strip() for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def work_order_request(form: Mapping[str, str]) -> WorkOrderRequest:
    """Return the work order that the form asks for. Raises InvalidForm."""
    problems: list[str] = []
    location = form.get("location", "")
    if not _is_id(location):
        problems.append("Kies een klant en locatie.")
    description = form.get("description", "")
    if not 0 < len(description) <= _LONGEST:
        problems.append(f"Geef een omschrijving van hoogstens {_LONGEST} tekens.")
    articles = [article for row in range(ROWS) if (article := _article(form, row, problems))]
    travel, work = _travel_and_work(form, problems)
    if problems:
        raise InvalidForm(problems)
    return WorkOrderRequest(int(location), description, articles, travel, work)


def minutes(form: Mapping[str, str]) -> tuple[int, int]:
    """Return the minutes of travel and of work. Raises InvalidForm."""
    problems: list[str] = []
    travel_and_work = _travel_and_work(form, problems)
    if problems:
        raise InvalidForm(problems)
    return travel_and_work


def _travel_and_work(form: Mapping[str, str], problems: list[str]) -> tuple[int, int]:
    travel = _minutes(form.get("travel", ""), "Reistijd", problems)
    return travel, _minutes(form.get("work", ""), "Werktijd", problems)


def _minutes(text: str, label: str, problems: list[str]) -> int:
    text = text or "0"
    if text.isdecimal() and len(text) <= 4 and int(text) <= _MOST_MINUTES:
        return int(text)
    problems.append(f"{label}: gebruik hele minuten van 0 tot en met {_MOST_MINUTES}.")
    return 0


def _article(form: Mapping[str, str], row: int, problems: list[str]) -> tuple[int, Decimal] | None:
    article, quantity = form.get(f"article_{row}", ""), form.get(f"quantity_{row}", "") or "1"
    if not _is_id(article):
        return None
    try:
        number = Decimal(quantity.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite() and abs(number) <= 100_000 and number == round(number, 4):
        return int(article), number
    problems.append(f"Aantal op regel {row + 1}: gebruik een getal met hoogstens vier decimalen.")
    return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9

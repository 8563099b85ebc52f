"""What a person filled in, read into what a desk takes; what is wrong is told per field."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs

from sandbox.web.views import Wish

ROWS = 4  # of articles
_LONGEST = 1000
_MOST_MINUTES = 24 * 60


class WrongForm(Exception):
    """``problems`` are sentences, each about one field."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


def read(body: bytes) -> dict[str, str]:
    """The fields of a form, each with its first value; bytes that are no text are replaced."""
    return {name: values[0].strip() for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def wish(form: Mapping[str, str]) -> Wish:
    """Raises WrongForm."""
    problems: list[str] = []
    location = form.get("location", "")
    if not _is_id(location):
        problems.append("Kies een klant en locatie.")
    description = form.get("description", "")
    if not 0 < len(description) <= _LONGEST:
        problems.append(f"Geef een omschrijving van hoogstens {_LONGEST} tekens.")
    articles = [found for row in range(ROWS) if (found := _article(form, row, problems))]
    travel, work = _minutes(form, "travel", "Reistijd", problems), _minutes(form, "work", "Werktijd", problems)
    if problems:
        raise WrongForm(problems)
    return Wish(int(location), description, articles, travel, work)


def minutes(form: Mapping[str, str]) -> tuple[int, int]:
    """Of travel and of work. Raises WrongForm."""
    problems: list[str] = []
    travel, work = _minutes(form, "travel", "Reistijd", problems), _minutes(form, "work", "Werktijd", problems)
    if problems:
        raise WrongForm(problems)
    return travel, work


def _minutes(form: Mapping[str, str], name: str, label: str, problems: list[str]) -> int:
    given = form.get(name, "") or "0"
    if given.isdecimal() and len(given) <= 4 and int(given) <= _MOST_MINUTES:
        return int(given)
    problems.append(f"{label}: gebruik hele minuten van 0 tot en met {_MOST_MINUTES}.")
    return 0


def _article(form: Mapping[str, str], row: int, problems: list[str]) -> tuple[int, Decimal] | None:
    article, given = form.get(f"article_{row}", ""), form.get(f"quantity_{row}", "") or "1"
    if not _is_id(article):
        return None
    try:
        number = Decimal(given.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite() and abs(number) <= 100_000 and number == round(number, 4):
        return int(article), number
    problems.append(f"Aantal op regel {row + 1}: gebruik een getal met hoogstens vier decimalen.")
    return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9

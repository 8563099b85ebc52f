"""In which language a page is: the one chosen in Airflow, else the browser's, else Dutch."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Annotated

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from fastapi import Depends, Request

from include.messages import Language

FOLDER = Path(__file__).parent / "locale"
COOKIE = "koppel_language"  # our script keeps Airflow's choice in it, which the server cannot see otherwise
LANGUAGES: tuple[Language, ...] = ("nl", "en")


def N_(text: str) -> str:  # noqa: N802 - the name that gettext gives it
    """Mark a text as one that is translated when it is shown."""
    return text


def language(request: Request) -> Language:
    """Return the language of the answer to a request."""
    preferred = [request.cookies.get(COOKIE, ""), *_accepted(request.headers.get("accept-language", ""))]
    return "en" if negotiate_locale([name for name in preferred if name], LANGUAGES, sep="-") == "en" else "nl"


def _accepted(header: str) -> list[str]:
    """Return the languages of the header, the preferred one first."""
    ranked = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";q=")
        ranked.append((_number(weight), name.replace("_", "-")))
    return [name for weight, name in sorted(ranked, key=lambda pair: -pair[0]) if name and weight > 0]


def _number(weight: str) -> float:
    try:
        return float(weight or 1)
    except ValueError:
        return 0.0


@cache
def translations(language: Language) -> Translations:
    """Return the texts of the pages in a language; those in the code are the English ones."""
    file = FOLDER / language / "koppel.po"
    if not file.exists():
        return Translations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain="koppel")


LanguageDep = Annotated[Language, Depends(language)]

"""Turning a template into HTML: texts, moments and numbers in the reader's language, everything escaped."""

import hashlib
from datetime import UTC, date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.connectors import registry
from include.messages import Language
from include.push.stats import ZONE
from include.tenants.states import state_title
from include.visible_text import visible_in_page
from plugins.koppel.labels import STATES, label, state_label
from plugins.koppel.language import translations

HERE = Path(__file__).parent
STATIC = HERE / "static"
MIDNIGHT = time(0)


def root_path(request: Request) -> str:
    """Return the path under which Airflow serves the pages, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def render(
    request: Request, language: Language, template: str, *, status: int = 200, values: dict[str, Any] | None = None
) -> HTMLResponse:
    """Return a page, or a part of one, as the answer to a request."""
    root = root_path(request)

    def link(path: str, **query: Any) -> str:
        parameters = {name: value for name, value in query.items() if value not in (None, "", False)}
        return f"{root}{path}?{urlencode(parameters)}" if parameters else f"{root}{path}"

    html = (
        _environment(language).get_template(template).render(language=language, root=root, link=link, **(values or {}))
    )
    return HTMLResponse(visible_in_page(html), status)


@cache
def _environment(language: Language) -> Environment:
    environment: Any = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(translations(language), newstyle=True)
    environment.globals["version"] = _version()
    environment.filters["state"] = lambda state: state_title(state, language)
    environment.filters |= {kind: partial(_state_label, kind, language) for kind in STATES}
    environment.filters["label"] = lambda word: label(word, language)
    environment.filters["system"] = lambda name: registry.system(name).title
    environment.filters["segment"] = lambda text: quote(str(text), safe="")
    environment.filters["moment"] = lambda at: _moment(at, language)
    environment.filters["changed"] = lambda at: _changed(at, language)
    environment.filters["day"] = lambda at: format_date(at, "d MMM", locale=language)
    environment.filters["money"] = lambda amount: format_currency(amount, "EUR", locale=language)
    environment.filters["number"] = lambda number: format_decimal(number, locale=language)
    environment.filters["duration"] = lambda seconds: duration(seconds, language)
    return environment  # type: ignore[no-any-return]


def _state_label(kind: str, language: Language, state: str) -> str:
    return state_label(kind, state, language)


def _changed(at: datetime, language: Language) -> str:
    """Return a mutation date; of a system that knows days only, such as Unit4, it is a day at midnight."""
    if at.astimezone(UTC).time() == MIDNIGHT:
        return str(format_date(at.astimezone(UTC).date(), "d MMM y", locale=language))
    return _moment(at, language)


def _moment(at: datetime, language: Language) -> str:
    return str(format_datetime(at, "d MMM y HH:mm:ss", tzinfo=ZONE, locale=language))


def duration(seconds: float, language: Language) -> str:
    """Return a time span as short as it can be: 4,2 s · 3 min · 5 h · 2 d."""
    hour = "u" if language == "nl" else "h"
    units = ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, hour), (float("inf"), 86_400, "d"))
    size, unit = next((size, unit) for limit, size, unit in units if seconds < limit)
    return f"{format_decimal(seconds / size, '0.#' if seconds < 10 else '0', locale=language)} {unit}"


def today(now: datetime) -> date:
    """Return the business day of a moment."""
    return now.astimezone(ZONE).date()


@cache
def _version() -> str:
    """Return a text that is another one when a file of ours changes, so that no browser shows an old one."""
    contents = (file.read_bytes() for file in sorted(STATIC.iterdir()))
    return hashlib.sha256(b"".join(contents)).hexdigest()[:12]

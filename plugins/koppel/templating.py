"""Turning a template into a page: texts, moments and numbers in the reader's language, everything escaped."""

import hashlib
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.messages import Language
from include.push.stats import ZONE
from plugins.koppel.language import translations

HERE = Path(__file__).parent
STATIC = HERE / "static"
MIDNIGHT = time(0)


def N_(text: str) -> str:  # noqa: N802 - the name that gettext gives it
    """A text that is translated when it is shown."""
    return text


LABELS = {
    "work_order": N_("Work order"),
    "customer": N_("Customer"),
    "work_address": N_("Work address"),
    "article": N_("Article"),
    "article_group": N_("Article group"),
    "article_type": N_("Article type"),
    "settings": N_("Settings"),
    "connection": N_("Connection"),
    "customers": N_("Customers"),
    "work_addresses": N_("Work addresses"),
    "articles": N_("Articles"),
    "article_groups": N_("Article groups"),
    "article_types": N_("Article types"),
    "work_orders": N_("Work orders"),
    "cleanup": N_("Clean-up"),
    "info": N_("Information"),
    "success": N_("Success"),
    "warning": N_("Warning"),
    "error": N_("Error"),
    "new": N_("Just added"),
    "wiping": N_("Being wiped"),
    "connecting": N_("Being connected"),
    "importing": N_("First import"),
    "active": N_("Active"),
    "paused": N_("Paused"),
    "inactive": N_("Inactive"),
    "ready": N_("To do"),
    "claimed": N_("Being handled"),
    "sending": N_("Being sent"),
    "unknown": N_("Being looked up"),
    "confirmed": N_("Booked"),
    "rejected": N_("To be repaired"),
    "held": N_("To be decided"),
    "skipped": N_("Not sent"),
    "reason-deleted": N_("gone from the package"),
    "reason-inactive": N_("not active any more"),
    "reason-outside_filter": N_("outside the filters"),
    "reason-hand_made": N_("added by hand"),
    "reason-wiped": N_("emptied at the activation"),
    "removal-planned": N_("to be removed"),
    "removal-proposed": N_("waits for approval"),
    "removal-exported": N_("being removed"),
    "removal-deleted": N_("removed"),
    "removal-inactive": N_("made inactive"),
    "removal-in_use": N_("left: in use"),
    "removal-spared": N_("left: wanted after all"),
    "removal-restoring": N_("being put back"),
    "removal-restored": N_("put back"),
    "removal-abandoned": N_("not done"),
    "run-cleanup": N_("Clean-up"),
    "run-proposal": N_("Proposal"),
    "run-wipe": N_("Emptying"),
    "run-restore": N_("Putting back"),
}


def render(request: Request, language: Language, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, or a part of one."""
    root = request.scope.get("root_path", "").rstrip("/")

    def link(path: str, **query: Any) -> str:
        kept = {name: value for name, value in query.items() if value not in (None, "", False)}
        return f"{root}{path}?{urlencode(kept)}" if kept else f"{root}{path}"

    found = _environment(language).get_template(template)
    return HTMLResponse(found.render(language=language, root=root, link=link, **values), status)


@cache
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = translations(language)
    made.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]
    made.globals["version"] = _version()
    made.filters["label"] = lambda key: texts.gettext(LABELS[key]) if key in LABELS else key
    made.filters["moment"] = lambda at: _moment(at, language)
    made.filters["changed"] = lambda at: _changed(at, language)
    made.filters["day"] = lambda at: format_date(at, "d MMM", locale=language)
    made.filters["money"] = lambda amount: format_currency(amount, "EUR", locale=language)
    made.filters["number"] = lambda number: format_decimal(number, locale=language)
    made.filters["duration"] = lambda seconds: duration(seconds, language)
    return made


def _changed(at: datetime, language: Language) -> str:
    """A mutation date; of a system that knows days only, such as Unit4, it is a day at midnight."""
    if at.astimezone(UTC).time() == MIDNIGHT:
        return str(format_date(at.astimezone(UTC).date(), "d MMM y", locale=language))
    return _moment(at, language)


def _moment(at: datetime, language: Language) -> str:
    return str(format_datetime(at, "d MMM y HH:mm:ss", tzinfo=ZONE, locale=language))


def duration(seconds: float, language: Language) -> str:
    """As short as it can be said: 4,2 s · 3 min · 5 h · 2 d."""
    hour = "u" if language == "nl" else "h"
    units = ((60, 1, "s"), (3600, 60, "min"), (172_800, 3600, hour), (float("inf"), 86_400, "d"))
    size, unit = next((size, unit) for limit, size, unit in units if seconds < limit)
    return f"{format_decimal(seconds / size, '0.#' if seconds < 10 else '0', locale=language)} {unit}"


def today(now: datetime) -> date:
    """The business day of a moment."""
    return now.astimezone(ZONE).date()


@cache
def _version() -> str:
    """Another one when a file of ours changes, so that no browser shows an old one."""
    contents = (file.read_bytes() for file in sorted(STATIC.iterdir()))
    return hashlib.sha256(b"".join(contents)).hexdigest()[:12]

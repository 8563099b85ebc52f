"""Makes a page: fills in its template, and sends it with headers under which nothing from elsewhere can run."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from sandbox.web.views import STATES

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


def money(amount: Decimal | None) -> str:
    """Write an amount as 1.234,50, with more decimals where a price has them."""
    if amount is None:
        return ""
    decimals = max(2, -int(amount.normalize().as_tuple().exponent))
    return _dutch(f"{amount:,.{decimals}f}")


def quantity(number: Decimal | None) -> str:
    """Write a quantity with as many decimals as it has: 2, 0,25."""
    return "" if number is None else _dutch(f"{number.normalize():,f}")


def _dutch(number: str) -> str:
    return number.translate({ord(","): ".", ord("."): ","})


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"money": money, "quantity": quantity}
    environment.globals["states"] = STATES
    return environment


_TEMPLATES = _environment()


def page(template: str, status: int = 200, **values: Any) -> Response:
    """Render a template as the response of a page."""
    html = _TEMPLATES.get_template(template).render(values)
    return Response(html, status, _HEADERS, "text/html; charset=utf-8")


def file(name: str) -> Response:
    """Return a style, script or icon as a response. Raises KeyError."""
    path = {path.name: path for path in (_HERE / "static").iterdir()}[name]
    return Response(path.read_bytes(), 200, _HEADERS | {"Cache-Control": "max-age=60"}, _KINDS[path.suffix])

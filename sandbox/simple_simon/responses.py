"""What both interfaces answer with: JSON, PDF and refusals, in the form the switches ask for."""

import base64
from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from starlette.responses import Response

from sandbox.simple_simon.dialect import WireDialect
from sandbox.simple_simon.errors import SimonError

_KNOWN = frozenset(HTTPStatus)


def json_response(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, {"content-type": "application/json; charset=utf-8", **(headers or {})})


def login_response(body: bytes) -> Response:
    """Answer a log-in: JSON, or the bare token as text."""
    is_json = body[:1] in (b"{", b'"')
    return json_response(body, headers={} if is_json else {"content-type": "text/plain; charset=utf-8"})


def pdf_response(pdf: bytes, style: str, dialect: WireDialect) -> Response:
    """Answer a PDF as it is, or as base64 text inside JSON (contract 6)."""
    match style:
        case "base64_json":
            return json_response(dialect.dump({"Content": base64.b64encode(pdf).decode()}))
        case "base64_string":
            return json_response(dialect.dump(base64.b64encode(pdf).decode()))
        case "octet_stream":
            return Response(pdf, media_type="application/octet-stream")
    return Response(pdf, media_type="application/pdf")


def error_response(
    error: SimonError, dialect: WireDialect, *, style: str, own_body: object, content_type: str
) -> Response:
    """Answer an error in the interface's own form, or in one of those a client must also be able to read."""
    body, kind = dialect.dump(own_body), content_type
    title = HTTPStatus(error.status).phrase if error.status in _KNOWN else "Error"
    match style:
        case "exception_message":
            body = dialect.dump({"ExceptionMessage": error.message, "ExceptionType": error.code})
        case "problem":
            problem = {"title": title, "status": error.status, "detail": error.message}
            body, kind = dialect.dump(problem), "application/problem+json"
        case "text":
            body, kind = error.message.encode(), "text/plain; charset=utf-8"
        case "html":
            page = f"<html><body><h1>{title}</h1><p>{escape(error.message)}</p></body></html>"
            body, kind = page.encode(), "text/html; charset=utf-8"
    headers = {"content-type": kind} | ({"allow": error.allow} if error.allow else {})
    return Response(body, error.status, headers)

"""Takes out of an answer what was secret in the request that it answers, however the other side wrote it back."""

import base64
import html
import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

MASK = b"***"
SHORTEST = 6  # what is shorter is in any text by chance
PLAIN_HEADERS = ("accept", "accept-encoding", "connection", "content-type", "user-agent")
PLAIN_FIELDS = ("grant_type", "client_id", "redirect_uri", "scope", "usr")


def secrets_of(headers: Mapping[str, str | bytes], fields: Mapping[str, object]) -> frozenset[str]:
    """Return the secrets of a request: its headers but the common ones, and the fields of a log-in."""
    texts = {_text(value) for name, value in headers.items() if name.lower() not in PLAIN_HEADERS}
    texts |= {text.rpartition(" ")[2] for text in texts}  # what follows "Bearer"
    texts |= {value for name, value in fields.items() if name not in PLAIN_FIELDS and isinstance(value, str)}
    return frozenset(text for text in texts if len(text) >= SHORTEST)


def mask(body: bytes, secrets: Iterable[str]) -> bytes:
    """Return a body without these secrets, in whichever form they are in it."""
    for secret in secrets:
        for form in _forms(secret):
            if form in body:
                body = body.replace(form, MASK)
    return body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _forms(secret: str) -> list[bytes]:
    """Return the ways in which a secret may be written, the longest ones first."""
    texts = {secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret)}
    texts |= {form.replace("%", "%25") for form in texts if "%" in form}
    texts |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    texts |= {form.replace("/", "\\/") for form in texts}
    forms = {text.encode() for text in texts} | {secret.encode().hex().encode()} | set(_base64(secret.encode()))
    forms |= {form.upper() for form in forms if b"%" in form} | {form.lower() for form in forms if b"%" in form}
    return sorted(forms, key=len, reverse=True)


def _base64(secret: bytes) -> Iterable[bytes]:
    """Yield it as a part of something longer in base64: what it becomes depends on how many bytes come before it."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            start, end = -(-before * 8 // 6), (before + len(secret)) * 8 // 6  # characters that hold nothing else
            yield encode(b"\0" * before + secret)[start:end]

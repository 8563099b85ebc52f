"""How somebody is told: a webhook of our own, or any service that Apprise speaks, e-mail among them."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import orjson

from include.context import Context
from include.errors import NoAnswer, NotSent
from include.messages import Language

SIGNATURE = "Koppel-Signature"


@dataclass(frozen=True)
class Alert:
    """What somebody is told. ``event`` is alarm, recovery, summary or test; ``tenant`` None when it is about all."""

    event: str
    cause: str
    code: str
    title: str
    text: str
    at: datetime
    since: datetime | None = None
    tenant: str | None = None


@dataclass(frozen=True)
class Channels:
    """Addresses of people: ``https://…`` takes our JSON, signed with ``secret``; all others are Apprise's."""

    context: Context = field(repr=False)
    addresses: Sequence[str] = field(default=(), repr=False)
    secret: str = field(default="", repr=False)
    language: Language = "nl"

    def send(self, alert: Alert) -> list[str]:
        """Tell it at every address; return those that did not take it, by their kind and host alone."""
        return [shown(address) for address in self.addresses if not self._sent(address, alert)]

    def _sent(self, address: str, alert: Alert) -> bool:
        if urlsplit(address).scheme in ("https", "http"):
            return self._post(address, alert)
        import apprise  # it takes its time, and few processes tell anybody

        service = apprise.Apprise()
        return bool(service.add(address) and service.notify(title=alert.title, body=alert.text))

    def _post(self, address: str, alert: Alert) -> bool:
        body = orjson.dumps(alert, option=orjson.OPT_UTC_Z)
        signed = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        try:
            response = self.context.http(patient=False, to_ours=True).request(
                "POST", address, json=orjson.loads(body), headers={SIGNATURE: f"sha256={signed}"}
            )
        except (NotSent, NoAnswer):
            return False
        return 200 <= response.status < 300


def shown(address: str) -> str:
    """Return as much of an address as holds no secret."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}"

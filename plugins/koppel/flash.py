"""The message on the page that one lands on after a form was sent.

It is carried in the address, and signed, so that no link of another makes our pages say other things.
"""

from dataclasses import dataclass

from airflow.configuration import conf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from include.messages import Severity

VALID_S = 300
PARAMETER = "flash"


@dataclass(frozen=True)
class Flash:
    """A message for the next page, with how it is shown."""

    text: str
    type: Severity = Severity.INFO


def sign(flash: Flash) -> str:
    """Return the message as it is carried in an address."""
    return str(_signer().dumps([flash.text, flash.type]))


def unsign(carried: str) -> Flash | None:
    """Return the message that an address carries; None when it is not ours or old."""
    try:
        text, severity = _signer().loads(carried, max_age=VALID_S)
    except BadSignature:
        return None
    return Flash(text, severity)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="koppel.flash")

"""What a page says after a form was sent, carried in the address; signed, so that no link makes us say other things."""

from airflow.configuration import conf
from itsdangerous import BadSignature, URLSafeTimedSerializer

VALID_S = 300


def sign(text: str) -> str:
    """For the address."""
    return str(_signer().dumps(text))


def unsign(carried: str) -> str:
    """What was to be said; nothing when it is not ours or old."""
    try:
        return str(_signer().loads(carried, max_age=VALID_S))
    except BadSignature:
        return ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="koppel.said")

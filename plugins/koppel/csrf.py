"""What a request that changes something has to bring, so that another site cannot send it in a user's name.

A form: our Origin and the token that we put into it. JSON: Airflow's bearer token, which no browser adds by itself;
with the cookie of the session instead, our Origin.
"""

from urllib.parse import urlsplit

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.configuration import conf
from fastapi import HTTPException, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from plugins.koppel.security import User

VALID_S = 12 * 60 * 60
FIELD = "token"


def form_token(user: BaseUser) -> str:
    """Return the token for the forms of this user."""
    return str(_signer().dumps(str(user.get_id())))


async def require_form_token(request: Request, user: User) -> None:
    """Refuse a form that is not ours: a dependency of every route that a form is sent to. Raises HTTPException."""
    _refuse_other_origin(request)
    token = (await request.form()).get(FIELD, "")
    try:
        owner = _signer().loads(str(token), max_age=VALID_S)
    except BadSignature:
        owner = None
    if owner != str(user.get_id()):
        raise HTTPException(403, "the form is too old or not ours")


async def require_own_origin(request: Request) -> None:
    """Refuse JSON that another site sends: a dependency of every route that JSON is sent to. Raises HTTPException."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():  # beside an empty one, Airflow takes the cookie
        _refuse_other_origin(request)


def _refuse_other_origin(request: Request) -> None:
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}", _origin(conf.get("api", "base_url"))}
    if request.headers.get("origin") not in own - {""}:
        raise HTTPException(403, "sent by another site")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(conf.get_mandatory_value("api", "secret_key"), salt="koppel.form")

"""Who may come in: the token of a request and its rate limit (contract 2, 5)."""

import math

from starlette.requests import Request

from sandbox.rompslomp.call import Caller
from sandbox.rompslomp.errors import INVALID_TOKEN, bad_token, no_token, too_many
from sandbox.rompslomp.state import RompslompState, RompslompToken
from sandbox.world import World


def admit(world: World, state: RompslompState, request: Request) -> Caller:
    """Return whose request it is; refuse with 401, then 429. A refused request does not count against the limit."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() != "bearer" or not value:
        raise no_token(str(world.switches["rompslomp.missing_token"]))
    token = state.tokens.get(value)
    if token is None:
        raise bad_token(str(world.switches["rompslomp.unknown_token"]), "Het access token is onbekend of ingetrokken.")
    fault = request.scope.get("koppel.fault")
    if (token.expires and token.expires <= world.clock.now()) or (fault and fault.kind == "expired_token"):
        raise bad_token(INVALID_TOKEN, "Het access token is verlopen.")
    _count(world, token)
    return Caller(world, state, token)


def _count(world: World, token: RompslompToken) -> None:
    limit, window = int(world.switches["rompslomp.rate_limit"]), int(world.switches["rompslomp.rate_window_s"])
    if limit <= 0:
        return
    now = world.clock.now().timestamp()
    while token.requests and token.requests[0] <= now - window:
        token.requests.popleft()
    if len(token.requests) >= limit:
        raise too_many(max(1, math.ceil(token.requests[0] + window - now)))
    token.requests.append(now)

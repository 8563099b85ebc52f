"""What a connector declares when people let us in at the vendor's own page; the flow is in ``tenants.connecting``."""

from collections.abc import Sequence
from dataclasses import dataclass

from include.errors import Misconfigured


@dataclass(frozen=True)
class Consent:
    """OAuth authorization code, as data. ``address`` is the field of the access that the two paths follow.

    ``registration``: the fields of the access that belong to the installation rather than to the tenant. ``typed``: the
    fields that may be typed instead of going to that page, if any.
    """

    address: str
    authorize_path: str
    token_path: str
    scope: str
    registration: Sequence[str]
    typed: Sequence[str] = ()


class TokenDead(Misconfigured):
    """The token was refused for good; only a person can connect again."""

"""What every remote system has in common: a name, what it takes to sign in, and a way to try that."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from include.connectors.access import Access, CredentialStore
from include.connectors.oauth import OAuthConfig
from include.http import Http
from include.streams import Label


@dataclass(frozen=True)
class Administration:
    """An administration that the access opens.

    ``has_api`` says that its subscription includes the API, ``missing_rights`` what it does not allow us.
    """

    number: str
    name: str
    has_api: bool = True
    missing_rights: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RemoteSystem:
    """Describes one remote system; ``name`` is that of its folder, ``title`` what people call it.

    ``test_connection`` tries an access with as few requests as it takes, and returns the administrations that it opens.
    ``oauth`` is there when people give us access at the vendor's own page. ``login_help`` says which log-in is which,
    where there are several (R5.9).
    """

    name: str
    title: str
    access: type[Access]
    test_connection: Callable[[CredentialStore[Any], Http], Sequence[Administration]]
    oauth: OAuthConfig | None = None
    login_help: Label | None = None

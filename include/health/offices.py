"""Where a tenant's own office is told of its own problems: kept encrypted, as an address may hold a secret."""

from collections.abc import Sequence

import orjson
from cryptography.fernet import InvalidToken

from include.context import Context
from include.errors import InvalidInput
from include.health.channels import Channels, shown
from include.store import alarms
from include.tenants.tenant import Tenant

MOST_ADDRESSES, LONGEST = 10, 1000


def set_addresses(context: Context, tenant: Tenant, addresses: Sequence[str], by: str) -> list[str]:
    """Store where a tenant's office is told; none ends it. Return what may be shown of them. Raises InvalidInput."""
    wrong = [
        f"address {n}: use one that Apprise knows, as mailtos://…" for n, a in enumerate(addresses, 1) if not _known(a)
    ]
    if wrong or len(addresses) > MOST_ADDRESSES:
        raise InvalidInput(wrong or f"addresses: at most {MOST_ADDRESSES}")
    with context.store.begin() as tx:
        if addresses:
            encrypted = context.cipher.encrypt(orjson.dumps(list(addresses)))
            alarms.set_address(tx, tenant.id, encrypted, by=by, now=context.now())
        else:
            alarms.remove_address(tx, tenant.id)
    return [shown(address) for address in addresses]


def offices(context: Context) -> dict[int, Channels]:
    """Return, by tenant, the channels of its office; what no key opens is left out, and is a finding of its own."""
    with context.store.begin() as tx:
        stored = alarms.addresses(tx)
    opened = {id: _opened(context, encrypted) for id, encrypted in stored.items()}
    return {id: Channels(context, addresses) for id, addresses in opened.items() if addresses}


def _opened(context: Context, encrypted: bytes) -> list[str]:
    try:
        return [str(address) for address in orjson.loads(context.cipher.decrypt(encrypted))]
    except InvalidToken:
        return []


def _known(address: str) -> bool:
    import apprise

    return (
        len(address) <= LONGEST
        and not address.startswith(("http://", "https://"))
        and bool(apprise.Apprise().add(address))
    )

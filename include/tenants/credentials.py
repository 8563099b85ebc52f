"""A tenant's access to its systems: encrypted in the store, renewed under a row lock, stored before it is used."""

from collections.abc import Callable
from typing import Generic, TypeVar

import orjson

from include.connectors.base import Access
from include.errors import Misconfigured
from include.koppel import Koppel
from include.store import Transaction
from include.store import credentials as rows

A = TypeVar("A", bound=Access)


class StoredVault(Generic[A]):
    """The ``base.Vault`` of one tenant and system."""

    def __init__(self, koppel: Koppel, tenant_id: int, system: str, title: str, kind: type[A]) -> None:
        self._koppel, self._tenant_id = koppel, tenant_id
        self._system, self._title, self._kind = system, title, kind

    def read(self) -> A:
        """Raises Misconfigured when nothing is stored."""
        with self._koppel.store.begin() as tx:
            return self._open(tx, lock=False)

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        """See ``base.Vault``; the lock is held during the exchange, so that two tasks never spend one token."""
        with self._koppel.store.begin() as tx:
            stored = self._open(tx, lock=True)
            if stored != used:
                return stored
            fresh = exchange(stored)
            put(self._koppel, tx, self._tenant_id, self._system, fresh)
        return fresh

    def _open(self, tx: Transaction, lock: bool) -> A:
        found = rows.get(tx, self._tenant_id, self._system, lock)
        if found is None:
            raise Misconfigured("connection.missing", system=self._title)
        return self._kind.model_validate(orjson.loads(self._koppel.cipher.decrypt(found[0])))


def put(koppel: Koppel, tx: Transaction, tenant_id: int, system: str, access: Access) -> int:
    """Seal and store; the new generation."""
    return rows.put(tx, tenant_id, system, koppel.cipher.encrypt(orjson.dumps(access.stored())))

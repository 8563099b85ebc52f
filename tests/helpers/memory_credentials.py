"""A store of credentials in memory: where a test keeps a tenant's access."""

from collections.abc import Callable
from typing import Generic, TypeVar

from include.connectors.access import Access

A = TypeVar("A", bound=Access)


class MemoryCredentials(Generic[A]):
    """``access`` is what is stored now; ``renewals`` counts how often it was exchanged."""

    def __init__(self, access: A) -> None:
        self.access, self.renewals = access, 0

    def read(self) -> A:
        return self.access

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        if self.access == used:
            self.access = exchange(self.access)
            self.renewals += 1
        return self.access

"""How much a sandbox holds: tenants of their own and what each of them has, checked before anything is made."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sandbox.dutch_data import DutchData

LIMITS = {"tenants": 500, "customers": 500_000, "articles": 500_000, "work_orders": 500_000, "seed": 2**31 - 1}


@dataclass(frozen=True)
class DataSize:
    """Customers and articles are per package administration, work orders per Simple-Simon; all from 0 to a limit."""

    tenants: int = 0
    customers: int = 0
    articles: int = 0
    work_orders: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        for name, most in LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
                raise ValueError(f"{name}: {value!r} is not allowed; use a whole number from 0 to {most}")
        if not self.tenants and (self.customers or self.articles or self.work_orders):
            raise ValueError(f"tenants: 0 is not allowed with a size; use 1 to {LIMITS['tenants']}")

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "DataSize":
        """Read a size from a control call. Raises ValueError that names the field and what is allowed."""
        known = [f.name for f in fields(cls)]
        if unknown := sorted(set(body) - set(known)):
            raise ValueError(f"{', '.join(unknown)}: no such field; use {', '.join(known)}")
        return cls(**body)


@dataclass(frozen=True)
class SeededTenant:
    """A company that is made in every service at once, with data that follow from the seed and its number."""

    number: int
    size: DataSize

    @property
    def seed(self) -> int:
        """A seed that is its own, so that no two tenants have the same customers."""
        return random.Random(f"{self.size.seed}/{self.number}").getrandbits(31)

    @property
    def name(self) -> str:
        return DutchData(random.Random(self.seed)).company()

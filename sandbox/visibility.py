"""What the user of a coupling may see of an administration's customers and articles: all of them, or a share."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Visibility:
    """``visible`` is the chance of each record to be seen; the same ones are for the same seed."""

    visible: float = 1.0
    seed: int = 0

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Visibility":
        """Read the rights from a control call. Raises ValueError that names the field and what is allowed."""
        visible, seed = body.get("visible", 1.0), body.get("seed", 0)
        if isinstance(visible, bool) or not isinstance(visible, int | float) or not 0 <= visible <= 1:
            raise ValueError(f"visible: {visible!r} is not allowed; use a number from 0 to 1")
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise ValueError(f"seed: {seed!r} is not allowed; use a whole number")
        return cls(float(visible), seed)

    @property
    def whole(self) -> bool:
        return self.visible >= 1

    def sees(self, key: object) -> bool:
        return self.whole or random.Random(f"{self.seed} {key}").random() < self.visible

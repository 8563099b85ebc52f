"""Where the bars and lines of a small plot stand; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from include.push.stats import DayStats

WIDTH, HEIGHT = 300.0, 80.0


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plot:
    """``most`` is the value at the top; ``bars`` of the documents, ``lines`` of the two times as points of a path."""

    most: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()


def documents(days: Sequence[DayStats]) -> Plot:
    """A bar for each day."""
    most = max((day.documents for day in days), default=0)
    step = WIDTH / max(len(days), 1)
    bars = [
        Bar(round(step * place + 1, 1), round(HEIGHT - height, 1), round(step - 2, 1), round(height, 1))
        for place, day in enumerate(days)
        if (height := HEIGHT * day.documents / max(most, 1))
    ]
    return Plot(most, bars=tuple(bars))


def times(days: Sequence[DayStats]) -> Plot:
    """The median and the 95th percentile; a day without documents leaves them out."""
    most = max((day.p95_s or 0 for day in days), default=0.0)
    medians, worst = [day.median_s for day in days], [day.p95_s for day in days]
    return Plot(most, lines=(_line(medians, most), _line(worst, most)))


def _line(values: Sequence[float | None], most: float) -> str:
    step = WIDTH / max(len(values), 1)
    points = [
        f"{step * (place + 0.5):.1f},{HEIGHT - (HEIGHT - 4) * value / (most or 1) - 2:.1f}"
        for place, value in enumerate(values)
        if value is not None
    ]
    return " ".join(points)

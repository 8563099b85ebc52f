"""Where the bars and lines of a small chart are drawn; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from include.push.stats import DayStats

WIDTH, HEIGHT = 300.0, 80.0


@dataclass(frozen=True)
class Bar:
    """A bar has its upper left corner at ``x``, ``y``."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A chart has ``bars``, or ``lines`` as points of a path; ``top`` is the value at its upper edge."""

    top: float
    bars: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()


def documents_chart(days: Sequence[DayStats]) -> Chart:
    """Return the chart with a bar for the documents of each day."""
    top = max((day.documents for day in days), default=0)
    step = WIDTH / max(len(days), 1)
    bars = [
        Bar(
            x=round(step * number + 1, 1),
            y=round(HEIGHT - height, 1),
            width=round(step - 2, 1),
            height=round(height, 1),
        )
        for number, day in enumerate(days)
        if (height := HEIGHT * day.documents / max(top, 1))
    ]
    return Chart(top, bars=tuple(bars))


def times_chart(days: Sequence[DayStats]) -> Chart:
    """Return the chart of the median and the 95th percentile; a day without documents leaves them out."""
    top = max((day.p95_s or 0 for day in days), default=0.0)
    return Chart(top, lines=(_line([day.median_s for day in days], top), _line([day.p95_s for day in days], top)))


def _line(values: Sequence[float | None], top: float) -> str:
    step = WIDTH / max(len(values), 1)
    points = [
        f"{step * (number + 0.5):.1f},{HEIGHT - (HEIGHT - 4) * value / (top or 1) - 2:.1f}"
        for number, value in enumerate(values)
        if value is not None
    ]
    return " ".join(points)

"""Whether Koppel is at work, for whoever asks without saying who they are: ages, and no names."""

from dataclasses import dataclass, field

from include.context import Context, NoTables, StoreAway
from include.health.installation import INTERVALS
from include.store import signs_of_life
from include.watcher.sign_of_life import PART as WATCHER

LEAST_S = 120.0


@dataclass(frozen=True)
class Pulse:
    """``ages``: seconds since each part of Koppel last said that it is at work; none when the store does not answer."""

    ok: bool
    ages: dict[str, int] = field(default_factory=dict)


def take_pulse(context: Context, interval_s: float) -> Pulse:
    """Read the heartbeats: one statement. The watcher may be silent for three of its intervals, and two minutes."""
    try:
        with context.store.begin() as tx:
            beats = signs_of_life.heartbeats_of(tx)
        now = context.now()
    except (StoreAway, NoTables):
        return Pulse(ok=False)
    ages = {part: max(0, round((now - beat.at).total_seconds())) for part, beat in beats.items()}
    return Pulse(ok=ages.get(WATCHER, 0) <= max(LEAST_S, INTERVALS * interval_s), ages=ages)

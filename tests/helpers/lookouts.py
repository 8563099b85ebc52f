"""A lookout whose minutes pass at once, and what it told."""

from include.health.lookout import Lookout
from include.watcher.polling import Watcher
from tests.helpers.clock import FakeClock
from tests.helpers.stub_server import StubServer
from tests.helpers.tenants import CoupledTenant

SECRET = "sixteen characters and more"


def rounds(lookout: Lookout, number: int = 2) -> list[str]:
    """Make some rounds a minute apart, and return what the last one found."""
    for _ in range(number):
        codes = [finding.code for finding in lookout.round()]
        clock_of(lookout).advance(seconds=60)
    return codes


def clock_of(lookout: Lookout) -> FakeClock:
    clock: FakeClock = lookout.context.now.__self__  # type: ignore[attr-defined]
    return clock


def told(webhook: StubServer, prefix: str = "") -> list[tuple[str, str]]:
    alerts = [(request.json()["event"], request.json()["cause"]) for request in webhook.seen]
    return [alert for alert in alerts if alert[1].startswith(prefix)]


def see_all(coupled: CoupledTenant) -> Watcher:
    """Let the watcher look once, and store that."""
    watcher = Watcher(coupled.context)
    watcher.poll("archived", coupled.slug)
    watcher.poll("changed", coupled.slug)
    watcher.life.write(30)
    return watcher

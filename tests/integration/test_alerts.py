"""Somebody is told what is wrong: once, in their language, and nothing of what is another's."""

import hashlib
import hmac
from dataclasses import replace
from datetime import time, timedelta

import pytest

from include.context import Context
from include.errors import Misconfigured, NotConfigured
from include.health.alerts import Alerts
from include.health.channels import SIGNATURE, Alert, Channels
from include.health.installation import HealthCheck
from include.health.lookout import Lookout
from include.installation import Alerting
from include.local_time import local_date, moment_of
from include.log.problems import resolve_by_hand
from include.log.writer import IntegrationLog
from tests.helpers.clock import FakeClock
from tests.helpers.lookouts import SECRET, rounds, see_all, told
from tests.helpers.stub_server import StubReply, StubServer, stub_server
from tests.helpers.tenants import CoupledTenant, CoupleTenant


def test_a_webhook_can_tell_that_it_is_us(context: Context, webhook: StubServer) -> None:
    """The body is signed with what only the two know."""
    alert = Alert("test", "test", "test", "Koppel", "Een proef, met é", context.now())
    assert Channels(context, [webhook.url], SECRET).send(alert) == []
    body, signature = webhook.seen[0].body, webhook.seen[0].headers[SIGNATURE]
    assert signature == f"sha256={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"


def test_one_outage_of_many_tenants_is_one_alert(
    couple: CoupleTenant, context: Context, lookout: Lookout, webhook: StubServer, clock: FakeClock
) -> None:
    """A package that is away for all: one message, one recovery, and no other while more tenants meet it."""
    tenants = [couple("unit4", slug=f"office_{n}") for n in range(4)]
    outage = Misconfigured("connection.unavailable", system="Unit4 Multivers", reason="503")
    for coupled in tenants[:3]:
        IntegrationLog(context.store, coupled.tenant.id, coupled.slug, "test").error(outage)
    rounds(lookout, 3)
    assert told(webhook, "connection") == []
    clock.advance(minutes=5)
    rounds(lookout)
    IntegrationLog(context.store, tenants[3].tenant.id, tenants[3].slug, "test").error(outage)
    clock.advance(minutes=5)
    rounds(lookout)
    assert told(webhook, "connection") == [("alarm", "connection.unavailable Unit4 Multivers")]
    [text] = [each.json()["text"] for each in webhook.seen if each.json()["cause"].startswith("connection")]
    assert "office_0, office_1, office_2" in text
    for coupled in tenants:
        for problem in coupled.open_problems():
            resolve_by_hand(context, coupled.tenant, problem.id, "anna")
    rounds(lookout)
    assert told(webhook, "connection")[1:] == [("recovery", "connection.unavailable Unit4 Multivers")]


def test_an_office_hears_of_its_own_problems_only(couple: CoupleTenant, context: Context) -> None:
    """It reads them in Dutch, and nothing of the installation or of another company."""
    office_tenant, other = couple("unit4", slug="one"), couple("rompslomp", slug="other")
    with stub_server() as engineer, stub_server() as office:
        alerts = Alerts(context, Channels(context, [engineer.url], SECRET, "en"))
        alerts.offices = {office_tenant.tenant.id: Channels(context, [office.url], SECRET)}
        for coupled in (office_tenant, other):
            log = IntegrationLog(context.store, coupled.tenant.id, coupled.slug, "test")
            log.error(Misconfigured("connection.token_revoked", system=coupled.tenant.package.title))
        for _ in range(3):
            alerts.round([])
        assert [request.json()["tenant"] for request in office.seen] == ["one"]
        assert "Unit4" in office.seen[0].json()["text"]
        assert "ingetrokken" in office.seen[0].json()["text"]
        assert "other" not in office.seen[0].body.decode()
        assert len(engineer.seen) == 2


def test_what_nobody_takes_is_offered_again(ready: CoupledTenant, lookout: Lookout, webhook: StubServer) -> None:
    """An alert is only told when somebody took it."""
    see_all(ready)
    lookout.check = replace(lookout.check, free_bytes=lambda _: 0)
    webhook.answer(StubReply(500), StubReply(200))
    for _ in range(4):
        see_all(ready)
        rounds(lookout, 1)
    assert told(webhook) == [("alarm", "store full"), ("alarm", "store full")]


def test_an_address_shows_no_secret(context: Context) -> None:
    """Of what did not take an alert, kind and host are said."""
    channels = Channels(context, ["http://127.0.0.1:1/hook?token=hush-hush"], SECRET)
    assert channels.send(Alert("test", "test", "test", "Koppel", "x", context.now())) == ["http://127.0.0.1"]


def at_time(clock: FakeClock, hour: int, day: int = 0) -> None:
    """Set the clock to an hour of the Dutch day, some days on."""
    clock.at = moment_of(local_date(clock.now()) + timedelta(days=day), time(hour))


def quiet_lookout(context: Context, webhook: StubServer, hours: tuple[int, int]) -> Lookout:
    settings = Alerting((webhook.url,), SECRET, quiet=(time(hours[0]), time(hours[1])), daily_at=None)
    return Lookout(context, settings, HealthCheck(context, 30.0))


@pytest.mark.parametrize("hours", [(22, 7), (1, 7)])
def test_what_can_wait_is_told_when_the_night_is_over(
    context: Context, couple: CoupleTenant, webhook: StubServer, clock: FakeClock, hours: tuple[int, int]
) -> None:
    """Quiet hours, over midnight too: a failed run waits, what is over by then is not told at all."""
    coupled = couple("unit4", slug="office")
    lookout = quiet_lookout(context, webhook, hours)
    log = IntegrationLog(context.store, coupled.tenant.id, coupled.slug, "test")
    at_time(clock, 3, day=1)
    log.write("run.failed", reason="x")
    rounds(lookout, 3)
    assert told(webhook, "run.failed") == []
    at_time(clock, 8)
    rounds(lookout)
    assert told(webhook, "run.failed") == [("alarm", "run.failed")]
    at_time(clock, 3, day=1)
    [problem] = coupled.open_problems()
    resolve_by_hand(context, coupled.tenant, problem.id, "anna")
    log.write("cleanup.proposed", "1", count="3", until="x")
    rounds(lookout, 3)
    for problem in coupled.open_problems():
        resolve_by_hand(context, coupled.tenant, problem.id, "anna")
    rounds(lookout)
    at_time(clock, 8)
    rounds(lookout)
    assert told(webhook, "run.failed")[1:] == [("recovery", "run.failed")]
    assert told(webhook, "cleanup") == []


def test_what_stands_still_for_all_is_told_at_night(
    ready: CoupledTenant, webhook: StubServer, clock: FakeClock
) -> None:
    """Quiet hours: a silent watcher does not wait for the morning."""
    lookout = quiet_lookout(ready.context, webhook, (22, 7))
    see_all(ready)
    at_time(clock, 3, day=1)
    rounds(lookout)
    assert ("alarm", "watcher") in told(webhook)


def test_once_a_day_somebody_hears_how_it_was(
    ready: CoupledTenant, lookout: Lookout, webhook: StubServer, clock: FakeClock
) -> None:
    """The daily summary comes at its time and once, whatever is wrong; one that nobody took is offered again."""
    at_time(clock, 5, day=1)
    rounds(lookout, 1)
    assert told(webhook, "daily") == []
    at_time(clock, 8)
    webhook.answer(StubReply(503))
    rounds(lookout, 1)
    webhook.answer(StubReply())
    webhook.seen.clear()
    rounds(lookout, 3)
    assert told(webhook, "daily") == [("summary", "daily summary")]
    [text] = [request.json()["text"] for request in webhook.seen if request.json()["event"] == "summary"]
    assert "1 koppelingen zijn actief" in text
    assert "?" not in text
    at_time(clock, 8, day=1)
    rounds(lookout, 3)
    assert told(webhook, "daily") == [("summary", "daily summary")] * 2


@pytest.mark.parametrize(
    "environment",
    [{"KOPPEL_ALERTS_QUIET": "22"}, {"KOPPEL_ALERTS_QUIET": "22:00-22:00"}, {"KOPPEL_ALERTS_DAILY": "noon"}],
)
def test_wrong_hours_are_refused_by_name(environment: dict[str, str]) -> None:
    """R4.4: the variable is named with what it takes."""
    with pytest.raises(NotConfigured, match=next(iter(environment))):
        Alerting.from_environment(environment)

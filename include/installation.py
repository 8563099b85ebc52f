"""Reads what belongs to this installation rather than to a tenant: from the environment, or files that it names."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal

from include.errors import NotConfigured

OUR_VARIABLES = (
    *("KOPPEL_STORE_URL", "KOPPEL_KEYS", "KOPPEL_STATE", "KOPPEL_POLL_INTERVAL_S"),
    *("KOPPEL_KEEP_LOG_DAYS", "KOPPEL_KEEP_PROBLEMS_DAYS", "KOPPEL_KEEP_EXPORTS_DAYS"),
    *("KOPPEL_KEEP_RUNS_DAYS", "KOPPEL_KEEP_LEDGER_STEPS_DAYS", "KOPPEL_TERMS_VERSION", "KOPPEL_TERMS_LINK"),
    *("KOPPEL_ALERTS", "KOPPEL_ALERTS_SECRET", "KOPPEL_ALERTS_LANGUAGE", "KOPPEL_PING_URL", "KOPPEL_AIRFLOW_URL"),
    *("KOPPEL_ALERTS_QUIET", "KOPPEL_ALERTS_DAILY"),
    *("KOPPEL_ALLOWED_HOSTS", "KOPPEL_METRICS_TOKEN", "KOPPEL_METRICS_TENANTS", "KOPPEL_KEEP_WORK_ORDERS_DAYS"),
    "KOPPEL_USER",
)
LONGEST_DAYS = 36_500
LONGEST_USER = 80


@dataclass(frozen=True)
class Retention:
    """Says for how many days things are kept. The ledger, which prevents double documents, is kept for ever."""

    log_days: int = 365
    problem_days: int = 365  # after they were resolved
    export_days: int = 30  # what a clean-up or a wipe removed: for so long it can be put back
    run_days: int = 90
    step_days: int = 1095  # the transitions of entries of the ledger
    work_order_days: int = 400  # what a work order that is done says of people: texts, addresses, reasons

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Retention":
        """Read the periods. Raises NotConfigured."""
        return cls(
            log_days=_days(environment, "KOPPEL_KEEP_LOG_DAYS", cls.log_days),
            problem_days=_days(environment, "KOPPEL_KEEP_PROBLEMS_DAYS", cls.problem_days),
            export_days=_days(environment, "KOPPEL_KEEP_EXPORTS_DAYS", cls.export_days),
            run_days=_days(environment, "KOPPEL_KEEP_RUNS_DAYS", cls.run_days, least=7),
            step_days=_days(environment, "KOPPEL_KEEP_LEDGER_STEPS_DAYS", cls.step_days, least=730),
            work_order_days=_days(environment, "KOPPEL_KEEP_WORK_ORDERS_DAYS", cls.work_order_days, least=35),
        )


@dataclass(frozen=True)
class Terms:
    """Says which version of the terms of the integration counts, and where it can be read (R5.7)."""

    version: str = "1"
    link: str = "https://simple-simon.com/fr/conditions-dintegration"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Terms":
        """Read them; what is empty is not set."""
        version = environment.get("KOPPEL_TERMS_VERSION", "").strip() or cls.version
        return cls(version, environment.get("KOPPEL_TERMS_LINK", "").strip() or cls.link)


@dataclass(frozen=True)
class Alerting:
    """Holds where people are told, what signs our webhooks, and where Airflow answers.

    ``addresses`` are ``https://…`` for our own webhook, or Apprise's (``mailtos://…``, ``slack://…``); ``ping`` is an
    outside address that is asked once a minute while all is well here, so that it notices when that stops. In the hours
    of ``quiet``, Dutch time, only what stands still for all is told; at ``daily_at`` how the day was, None: never.
    """

    addresses: tuple[str, ...] = field(default=(), repr=False)
    secret: str = field(default="", repr=False)
    language: Literal["nl", "en"] = "nl"
    ping: str = field(default="", repr=False)
    airflow_url: str = ""
    quiet: tuple[time, time] | None = None
    daily_at: time | None = time(7, 30)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Alerting":
        """Read everything. Raises NotConfigured."""
        addresses = tuple(environment.get("KOPPEL_ALERTS", "").split())
        secret = environment.get("KOPPEL_ALERTS_SECRET", "")
        if any(address.startswith(("https://", "http://")) for address in addresses) and len(secret) < 16:
            raise NotConfigured("KOPPEL_ALERTS_SECRET takes 16 characters or more: it signs what the webhook receives")
        language = environment.get("KOPPEL_ALERTS_LANGUAGE", "") or "nl"
        if language not in ("nl", "en"):
            raise NotConfigured("KOPPEL_ALERTS_LANGUAGE takes nl or en")
        return cls(
            addresses=addresses,
            secret=secret,
            language="en" if language == "en" else "nl",
            ping=environment.get("KOPPEL_PING_URL", ""),
            quiet=_hours(environment, "KOPPEL_ALERTS_QUIET"),
            daily_at=_daily_at(environment),
            airflow_url=(environment.get("KOPPEL_AIRFLOW_URL") or environment.get("AIRFLOW__API__BASE_URL", "")).rstrip(
                "/"
            ),
        )


@dataclass(frozen=True)
class Monitoring:
    """Holds what opens the metrics, and whether they name tenants. Without a token there are none."""

    token: str = field(default="", repr=False)
    by_tenant: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Monitoring":
        """Read both. Raises NotConfigured."""
        token, by_tenant = environment.get("KOPPEL_METRICS_TOKEN", ""), environment.get("KOPPEL_METRICS_TENANTS", "")
        if token and len(token) < 16:
            raise NotConfigured("KOPPEL_METRICS_TOKEN takes 16 characters or more")
        if by_tenant not in ("", "yes", "no"):
            raise NotConfigured("KOPPEL_METRICS_TENANTS takes yes or no")
        return cls(token, by_tenant == "yes")


@dataclass(frozen=True)
class Installation:
    """Holds what this installation was set up with.

    ``store_url`` is our PostgreSQL; ``keys`` are Fernet keys, of which the first encrypts; ``state`` is a folder for
    snapshots; ``registered`` is what vendors gave us when we registered with them, under the names of ``variable``.
    """

    store_url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    state: Path
    poll_interval_s: float = 30.0
    registered: Mapping[str, str] = field(default_factory=dict, repr=False)
    retention: Retention = field(default_factory=Retention)
    terms: Terms = field(default_factory=Terms)
    alerting: Alerting = field(default_factory=Alerting)
    monitoring: Monitoring = field(default_factory=Monitoring)
    allowed_hosts: frozenset[str] = frozenset()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Installation":
        """Read everything. Raises NotConfigured."""
        environment = with_files(environment)
        return cls(
            store_url=_required(environment, "KOPPEL_STORE_URL", "postgresql+psycopg2://user@host/koppel"),
            keys=tuple(_required(environment, "KOPPEL_KEYS", "Fernet keys, comma separated").split(",")),
            state=Path(environment.get("KOPPEL_STATE", ".local")),
            poll_interval_s=_seconds(environment, "KOPPEL_POLL_INTERVAL_S", 30.0),
            registered={
                n: v.strip() for n, v in environment.items() if n.startswith("KOPPEL_") and n not in OUR_VARIABLES
            },
            retention=Retention.from_environment(environment),
            terms=Terms.from_environment(environment),
            alerting=Alerting.from_environment(environment),
            monitoring=Monitoring.from_environment(environment),
            allowed_hosts=frozenset(environment.get("KOPPEL_ALLOWED_HOSTS", "").lower().split()),
        )


def named_user(environment: Mapping[str, str] = os.environ) -> str:
    """Return who gives commands, as KOPPEL_USER says; "" when it does not. Raises NotConfigured."""
    name = environment.get("KOPPEL_USER", "").strip()
    if len(name) > LONGEST_USER or not name.isprintable():
        raise NotConfigured(f"KOPPEL_USER takes a name of at most {LONGEST_USER} characters")
    return name


def variable(system: str, name: str) -> str:
    """Return the environment variable of a field of our registration with a vendor: ``KOPPEL_<SYSTEM>_<FIELD>``."""
    return f"KOPPEL_{system}_{name}".upper()


def registration(registered: Mapping[str, str], system: str, names: Sequence[str]) -> dict[str, str]:
    """Return those fields of our registration with a vendor that are set."""
    values = {name: registered.get(variable(system, name), "") for name in names}
    return {name: value for name, value in values.items() if value}


def with_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Put values in place of the files that hold them: ``X_FILE`` names that of X. Raises NotConfigured."""
    values = dict(environment)
    for name in [name for name in environment if name.startswith("KOPPEL_") and name.endswith("_FILE")]:
        if not (path := values.pop(name)):
            continue
        if values.get(variable := name.removesuffix("_FILE")):
            raise NotConfigured(f"{variable} and {name} are both set; use one of them")
        try:
            values[variable] = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise NotConfigured(f"{name} takes the path of a file with the value; this one cannot be read") from None
    return values


def _hours(environment: Mapping[str, str], name: str) -> tuple[time, time] | None:
    if not (text := environment.get(name, "").strip()):
        return None
    start, dash, end = text.partition("-")
    try:
        hours = time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
    except ValueError:
        dash = ""
    if not dash or hours[0] == hours[1]:
        raise NotConfigured(f"{name} takes two times of the day, as 22:00-07:00")
    return hours


def _daily_at(environment: Mapping[str, str]) -> time | None:
    text = environment.get("KOPPEL_ALERTS_DAILY", "").strip() or "07:30"
    if text == "never":
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise NotConfigured("KOPPEL_ALERTS_DAILY takes a time of the day, as 07:30, or never") from None


def _required(environment: Mapping[str, str], name: str, allowed: str) -> str:
    if not (value := environment.get(name, "")):
        raise NotConfigured(f"{name} is not set; it takes {allowed}")
    return value


def _days(environment: Mapping[str, str], name: str, default: int, least: int = 1) -> int:
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= LONGEST_DAYS):
        raise NotConfigured(f"{name} takes a number of days, {least} or more")
    return int(text)


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environment.get(name, default))
    except ValueError:
        value = 0
    if not 1 <= value < math.inf:
        raise NotConfigured(f"{name} takes a number of seconds, 1 or more")
    return value

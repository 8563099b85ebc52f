"""Health: a bare address for containers and load balancers, the reasons for people, and metrics for monitoring."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from include.health.alerts import open_findings
from include.health.installation import HealthCheck
from include.health.metrics import CONTENT_TYPE_LATEST, metrics_text
from include.health.pulse import Pulse, take_pulse
from include.installation import Installation
from plugins.koppel.asking import AskingContextDep
from plugins.koppel.dependencies import ContextDep
from plugins.koppel.language import LanguageDep
from plugins.koppel.security import Right, requires

KEPT_S = 5.0  # whoever asks without saying who they are costs the store one statement in so long
PART = "page"

router = APIRouter()


@cache
def installation() -> Installation:
    """Return how this process was set up. Raises NotConfigured."""
    return Installation.from_environment()


@dataclass
class LastPulse:
    """Keeps the last pulse for a while, whoever asked for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    taken_at: float = 0.0
    pulse: Pulse | None = None


LAST = LastPulse()


class FindingResponse(BaseModel):
    """What is wrong, in words, and what to do about it."""

    code: str
    cause: str
    message: str
    action: str


class HealthResponse(BaseModel):
    """``ok`` when there are no findings."""

    ok: bool
    findings: list[FindingResponse]


@router.get("/health")
def read_pulse(context: ContextDep) -> Response:
    """Say whether Koppel is at work: 200 or 503, with ages in seconds; to anybody, so without a name."""
    with LAST.lock:
        if LAST.pulse is None or time.monotonic() - LAST.taken_at > KEPT_S:
            LAST.pulse, LAST.taken_at = take_pulse(context, installation().poll_interval_s), time.monotonic()
        pulse = LAST.pulse
    return JSONResponse({"ok": pulse.ok, "ages": pulse.ages}, 200 if pulse.ok else 503)


@router.get("/api/health", dependencies=[requires(Right.administer)])
def read_health(context: AskingContextDep, language: LanguageDep) -> HealthResponse:
    """Look at the installation now, and return all that is wrong, with what the lookout found last.

    Of Airflow's own parts only the lookout knows: this process would have to ask itself.
    """
    seen = HealthCheck(context, installation().poll_interval_s, part=PART).findings()
    known = {each.cause for each in seen}
    seen += [each for each in open_findings(context) if each.cause not in known]
    findings = [
        FindingResponse(code=each.code, cause=each.cause, message=text.message, action=text.action)
        for each in seen
        for text in [each.text(language)]
    ]
    return HealthResponse(ok=not findings, findings=findings)


@router.get("/metrics")
def read_metrics(context: ContextDep, authorization: Annotated[str, Header(max_length=1000)] = "") -> Response:
    """Return the metrics to whoever brings the token of the installation; without one set, there are none."""
    monitoring = installation().monitoring
    if not monitoring.token:
        raise HTTPException(404, "no metrics")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secrets.compare_digest(token.strip().encode(), monitoring.token.encode()):
        raise HTTPException(401, "the token of the metrics is needed", {"www-authenticate": "Bearer"})
    return Response(metrics_text(context, by_tenant=monitoring.by_tenant), media_type=CONTENT_TYPE_LATEST)

"""Ours against a bare loop: the same customers brought up to date in Simple-Simon, one request at a time."""

import time
from typing import Any

import orjson
import requests
from sqlalchemy import text

from bench.place import Place
from include.sync.load import load
from include.sync.run import begin_sync


def ours(place: Place, number: int, step: int) -> float:
    """Measure the seconds of Koppel's own load, with a change in so many customers, another at each step."""
    with place.context.store.begin() as tx:
        change = text(
            "UPDATE records SET body = jsonb_set(body, '{mobile}', to_jsonb(CAST(:mobile AS text))),"
            " payload_digest = decode(md5(payload_digest::text || :mobile), 'hex')"
            " WHERE stream = 'customers'"
            " AND key IN (SELECT key FROM links WHERE stream = 'customers' ORDER BY key LIMIT :number)"
        )
        tx.execute(change, {"mobile": f"06-{step:08}", "number": number})
    place.tidy("records", "links")
    mark = place.control.mark()
    started = time.perf_counter()
    run = begin_sync(place.context, place.lists_only, f"bench-{time.time_ns()}", ["customers"], full=False)
    changed = load(run)["customers"]["changed"]
    taken = time.perf_counter() - started
    requests_made = place.requests(mark)
    assert changed == requests_made["write"] == number, f"{changed} changed, {requests_made} requests"
    return taken


def put_loop(place: Place, number: int, step: int) -> float:
    """Measure the seconds of one session that writes the same whole bodies, known beforehand."""
    rows = place.control.simon(place.licence)["Customer"]
    bodies = [{**row, "Mobile": f"06-{step:08}"} for row in rows[:number]]
    session = _session(place)
    place.tidy("records", "links")
    base = place.control.access["simon"]["odata"]
    started = time.perf_counter()
    for body in bodies:
        answer = session.put(f"{base}/Customer({body['Id']})", data=orjson.dumps(body), timeout=60)
        answer.raise_for_status()
    return time.perf_counter() - started


def _session(place: Place) -> requests.Session:
    access: dict[str, Any] = place.simon
    session = requests.Session()
    session.headers.update({"ApiKey": access["api_key"], "Content-Type": "application/json"})
    body = {"Key": access["key"], "Usr": access["usr"], "Pwd": access["pwd"]}
    answer = session.post(f"{access['base']}/login", json=body, timeout=60)
    session.headers["Token"] = answer.json()["Token"] if "Token" in answer.text else answer.text.strip('"')
    return session

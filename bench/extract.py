"""Ours against others: customers from Unit4 into Postgres, page by page."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from tempfile import TemporaryDirectory

import orjson
import pandas as pd
import psycopg2
import requests
from sqlalchemy import create_engine

from bench.place import PAGE_SIZE, Place
from include.records import Raw
from include.sync.extract import extract
from include.sync.run import begin_sync
from local.settings import ROOT


def ours(place: Place) -> float:
    """Measure the seconds of Koppel's own extract into staging."""
    tenant = place.lists_only
    started = time.perf_counter()
    run = begin_sync(place.context, tenant, f"bench-{time.time_ns()}", ["customers"], full=True)
    read = extract(run, "customers").read
    taken = time.perf_counter() - started
    assert read == place.customers, f"read {read} of {place.customers}"
    place.tidy()
    return taken


def floor(place: Place) -> float:
    """Measure the seconds of the least that does the same: read a page, parse it, COPY its rows, commit."""
    place.sql("DROP TABLE IF EXISTS plain")
    place.sql("CREATE TABLE plain (id text, body text)")
    connection = psycopg2.connect(place.url)
    cursor = connection.cursor()
    started = time.perf_counter()
    for rows in _pages(place):
        lines = (b"%b\t%b" % (row["customerId"].encode(), orjson.dumps(row).replace(b"\\", b"\\\\")) for row in rows)
        cursor.copy_expert("COPY plain (id, body) FROM STDIN", BytesIO(b"\n".join(lines)))
        connection.commit()
    taken = time.perf_counter() - started
    connection.close()
    _check_and_drop(place, "plain")
    return taken


def pandas(place: Place) -> float:
    """Measure the seconds of requests and pandas, one DataFrame a page, appended."""
    place.sql("DROP TABLE IF EXISTS framed")
    engine = create_engine(place.context.store.url)
    started = time.perf_counter()
    for rows in _pages(place):
        pd.DataFrame(rows).to_sql("framed", engine, if_exists="append", index=False)
    taken = time.perf_counter() - started
    engine.dispose()
    _check_and_drop(place, "framed")
    return taken


def _pages(place: Place) -> Iterator[list[Raw]]:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {place.token()}"
    skip = 0
    while True:
        query = {"$orderby": "CustomerId", "$top": PAGE_SIZE, "$skip": skip}
        rows = orjson.loads(session.get(place.customers_url, params=query, timeout=60).content)
        if rows:
            yield rows
        if len(rows) < PAGE_SIZE:
            return
        skip += len(rows)


def _check_and_drop(place: Place, table: str) -> None:
    assert place.sql(f"SELECT count(*) FROM {table}") == [(place.customers,)]
    place.sql(f"DROP TABLE {table}")
    place.tidy()


def dlt(place: Place) -> float:
    """Measure the seconds of dlt's rest_api source, in a process and an environment of its own, after its imports."""
    place.sql("DROP SCHEMA IF EXISTS bench_dlt CASCADE")
    with TemporaryDirectory() as folder:
        arguments = {
            "base": place.customers_url.rpartition("/")[0],
            "token": place.token(),
            "page_size": PAGE_SIZE,
            "url": place.url.replace("@/", "@localhost/"),  # it wants a host; the socket in the query counts
            "folder": folder,
        }
        quiet = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR", "PYTHONPATH": ""}
        command = [str(ROOT / ".venv-bench" / "bin" / "python"), str(ROOT / "bench" / "dlt_rest_api.py")]
        process = subprocess.run(
            command, input=json.dumps(arguments), env=quiet, cwd=folder, stdout=subprocess.PIPE, text=True, check=True
        )
    _check_and_drop(place, "bench_dlt.customers")
    return float(json.loads(process.stdout.splitlines()[-1])["seconds"])

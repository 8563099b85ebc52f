"""The command line, as a data engineer uses it: a process of its own."""

import json
import os
import subprocess
from dataclasses import replace
from typing import Any

from cryptography.fernet import Fernet, MultiFernet

from include.context import Context
from include.store import Store
from local import database
from tests.conftest import ROOT, Coupled, Sandbox
from tests.coupling import couple_at_once

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def run(store: Store, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KOPPEL_STORE_URL": store.url, "KOPPEL_KEYS": KEY, "COLUMNS": "160"}
    command = [str(ROOT / "bin" / "koppel"), *arguments]
    return subprocess.run(
        command, env=environment, input=given, capture_output=True, text=True, check=False, timeout=60
    )


def with_key(context: Context) -> Context:
    """With the key that the processes are given."""
    return replace(context, cipher=MultiFernet([Fernet(KEY)]))


def description(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    control = sandbox.control
    return {
        "company": "Bakker & Zn",
        "package": "unit4",
        "settings": {"administration": "MVL00001"},
        "package_access": control.package_access("unit4"),
        "simon_access": control.new_simon("Bakker & Zn"),
        **changes,
    }


def test_a_tenant_from_list_to_log(context: Context, sandbox: Sandbox) -> None:
    """R6.4, R7.1: list, show, synchronise, read the log; every listing also as JSON, and no secret in any."""
    store = context.store
    given = description(sandbox)
    couple_at_once(with_key(context), "bakker", given, "test")
    listed = run(store, "tenants", "list", "--json")
    assert [row["tenant"] for row in json.loads(listed.stdout)] == ["bakker"]
    synced = run(store, "sync-now", "bakker", "--what", "article_groups", "--json")
    assert [row["stream"] for row in json.loads(synced.stdout)["streams"]] == ["article_groups"]
    logged = run(store, "log", "bakker", "--json")
    assert [row["code"] for row in json.loads(logged.stdout)] == ["sync.stream_done"]
    assert json.loads(run(store, "work-orders", "bakker", "--json").stdout) == []
    shown = run(store, "tenants", "show", "bakker", "--json")
    assert json.loads(shown.stdout)["linked"] == {"article_groups": 5}
    readable = run(store, "log", "bakker")
    assert "article_groups" in readable.stdout
    everything = "".join(p.stdout + p.stderr for p in (listed, synced, logged, shown, readable))
    for part in ("package_access", "simon_access"):
        for value in given[part].values():
            assert value.startswith("http") or value not in everything


def test_unknown_tenant_names_the_known_ones(coupled: Coupled) -> None:
    """R4.4: a typing error is answered with what exists."""
    answer = run(coupled.context.store, "log", "nobody")
    assert answer.returncode == 1
    assert coupled.slug in answer.stderr


def test_no_store_is_said_in_a_sentence() -> None:
    """House rule: no stack trace for what a person can repair."""
    answer = run(Store("postgresql+psycopg2://nobody@127.0.0.1:1/koppel"), "tenants", "list")
    assert answer.returncode == 1
    assert "the store cannot be reached" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_data_is_never_markup(coupled: Coupled) -> None:
    """R7.1: brackets in a name are shown as they are."""
    answer = run(coupled.context.store, "status", "[/red]")
    assert "[/red]" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_store_without_tables_says_what_to_do(postgres: str) -> None:
    """R4.4: no stack trace for what a person can repair."""
    empty = Store(database.create(postgres, "empty"))
    answer = run(empty, "tenants", "list")
    assert answer.returncode == 1
    assert "koppel migrate" in answer.stderr
    assert run(empty, "migrate").returncode == 0
    assert run(empty, "tenants", "list", "--json").stdout.strip() == "[]"

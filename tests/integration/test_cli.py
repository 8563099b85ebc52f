"""Tests the command line as a data engineer uses it: as a process of its own."""

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from include.context import Context
from include.store import Store
from local import database
from tests.helpers.command_line import run_koppel
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, activate_at_once

pytestmark = pytest.mark.registered_with_vendors


def description(sandbox: Sandbox) -> dict[str, Any]:
    """Return the file's description of a tenant."""
    control = sandbox.control
    return {
        "company": "Bakker & Zn",
        "package": "unit4",
        "settings": {"administration": "MVL00001"},
        "package_access": control.package_access("unit4"),
        "simon_access": control.new_simon("Bakker & Zn"),
    }


def test_a_tenant_from_list_to_log(context: Context, sandbox: Sandbox) -> None:
    """R6.4, R7.1: list, show, synchronise, read the log; every listing also as JSON, and no secret in any."""
    described = description(sandbox)
    activate_at_once(context, "bakker", described, "test")
    listed = run_koppel(context, "tenants", "list", "--json")
    assert [row["tenant"] for row in json.loads(listed.stdout)] == ["bakker"]
    synced = run_koppel(context, "sync-now", "bakker", "--what", "article_groups", "--json")
    assert [row["stream"] for row in json.loads(synced.stdout)["streams"]] == ["article_groups"]
    logged = run_koppel(context, "log", "list", "bakker", "--json")
    assert [row["code"] for row in json.loads(logged.stdout)] == ["sync.stream_done"]
    assert json.loads(run_koppel(context, "work-orders", "list", "bakker", "--json").stdout) == []
    shown = run_koppel(context, "tenants", "show", "bakker", "--json")
    assert json.loads(shown.stdout)["linked"] == {"article_groups": 5}
    readable = run_koppel(context, "log", "list", "bakker")
    assert "article_groups" in readable.stdout
    everything = "".join(p.stdout + p.stderr for p in (listed, synced, logged, shown, readable))
    for part in ("package_access", "simon_access"):
        for value in described[part].values():
            assert value.startswith("http") or value not in everything


def test_a_list_is_what_other_programs_read(context: Context, sandbox: Sandbox) -> None:
    """R6.4: the names of ``koppel tenants list --json`` do not change."""
    activate_at_once(context, "bakker", description(sandbox), "test")
    (row,) = json.loads(run_koppel(context, "tenants", "list", "--json").stdout)
    assert list(row) == ["tenant", "company", "package", "status", "active_since", "paused"]


def test_unknown_tenant_names_the_known_ones(coupled: CoupledTenant) -> None:
    """R4.4: a typing error is answered with what exists."""
    answer = run_koppel(coupled.context, "log", "list", "nobody")
    assert answer.returncode == 1
    assert coupled.slug in answer.stderr


def test_no_store_is_reported_in_a_sentence(context: Context) -> None:
    """House rule: no stack trace for what a person can repair."""
    answer = run_koppel(
        replace(context, store=Store("postgresql+psycopg2://nobody@127.0.0.1:1/koppel")), "tenants", "list"
    )
    assert answer.returncode == 1
    assert "the store cannot be reached" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("words", [("tenants", "show"), ("settings", "show"), ("sync-now",)])
def test_a_fault_of_ours_looks_like_one(coupled: CoupledTenant, words: tuple[str, ...]) -> None:
    """House rule: a ValueError that nobody foresaw shows its trace, says whose fault it is, and ends with 70, not 1.

    Here it is pydantic's, for settings that Koppel would never have saved.
    """
    with coupled.context.store.begin() as tx:
        tx.execute(text("""UPDATE settings SET body = body || '{"cleanup_days": "a list"}'"""))
    answer = run_koppel(coupled.context, *words, coupled.slug)
    assert answer.returncode == os.EX_SOFTWARE == 70
    assert "Traceback (most recent call last)" in answer.stderr
    assert "ValidationError" in answer.stderr
    report = answer.stderr.replace("\n", " ")
    assert "This is a fault of Koppel, not of what you typed. Report it" in report
    assert answer.stdout == ""


def test_data_is_never_markup(coupled: CoupledTenant) -> None:
    """R7.1: brackets in a name are shown as they are."""
    answer = run_koppel(coupled.context, "tenants", "status", "[/red]")
    assert "[/red]" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_store_without_tables_reports_what_to_do(context: Context, postgres: str) -> None:
    """R4.4: no stack trace for what a person can repair."""
    empty = replace(context, store=Store(database.create(postgres, "empty")))
    answer = run_koppel(empty, "tenants", "list")
    assert answer.returncode == 1
    assert "koppel migrate" in answer.stderr
    assert run_koppel(empty, "migrate").returncode == 0
    assert run_koppel(empty, "tenants", "list", "--json").stdout.strip() == "[]"

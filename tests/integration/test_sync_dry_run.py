"""A dry run says what the sync then does, and writes nothing."""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from include.errors import ContractBroken, InvalidInput
from include.store import runs
from include.sync.dry_run import SyncPreviewRow, dry_run
from include.sync.pipeline import sync
from tests.helpers.encryption import KEY
from tests.helpers.paths import ROOT
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import ENTITY_OF, count_package_writes, count_simon_writes, external_ids, store_state
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon

Rows = dict[tuple[str, str], dict[str, Any]]


def simon_records(coupled: CoupledTenant) -> Rows:
    """Simon's records by entity and id."""
    data = coupled.control.simon(coupled.key)
    return {(entity, row["Id"]): row for entity in ENTITY_OF.values() for row in data[entity]}


def preview(coupled: CoupledTenant, key: str, streams: list[str] | None = None) -> list[SyncPreviewRow]:
    """A dry run, and the proof that it changed nothing."""
    simon, store, mark = simon_records(coupled), store_state(coupled), coupled.control.mark()
    rows = list(dry_run(coupled.context, coupled.tenant, key, streams))
    assert count_simon_writes(coupled, mark) == {}
    assert count_package_writes(coupled, mark) == 0
    assert (simon_records(coupled), store_state(coupled)) == (simon, store)
    return rows


def previewed_writes(preview_rows: list[SyncPreviewRow]) -> tuple[set[Any], dict[Any, dict[str, tuple[Any, Any]]]]:
    """Keys that would be created; and changed fields by key, for which a record that is yet to come has no id."""
    created = {(ENTITY_OF[row.stream], row.key) for row in preview_rows if row.effect == "create"}
    changed = {
        (ENTITY_OF[row.stream], row.key): row.fields for row in preview_rows if row.effect in ("change", "correct")
    }
    return created, changed


def real_writes(before: Rows, after: Rows) -> tuple[set[Any], dict[Any, dict[str, tuple[Any, Any]]]]:
    """What a sync really created and changed, in the same form."""
    created = {(entity, row["ExternalId"]) for (entity, id), row in after.items() if (entity, id) not in before}
    changed = {}
    for (entity, id), row in after.items():
        old = before.get((entity, id), row)
        fields = {n: (old[n], v) for n, v in row.items() if old[n] != v and n != "MutationDate"}
        if fields:
            changed[entity, row["ExternalId"]] = fields
    return created, changed


def assert_preview_is_true(coupled: CoupledTenant, key: str, streams: list[str] | None = None) -> list[SyncPreviewRow]:
    """Make a dry run, and then the sync that does just that."""
    preview_rows, before = preview(coupled, f"preview {key}", streams), simon_records(coupled)
    counts = sync(coupled.context, coupled.tenant, key, streams)
    assert real_writes(before, simon_records(coupled)) == previewed_writes(preview_rows)
    effects = Counter((row.stream, row.effect) for row in preview_rows)
    for stream, numbers in counts.items():
        if stream in ENTITY_OF:
            assert effects[stream, "create"] == numbers["new"], stream
            assert effects[stream, "change"] == numbers["changed"], stream
            assert effects[stream, "correct"] == numbers["corrected"], stream
            assert effects[stream, "same"] == numbers["same"], stream
    return preview_rows


def test_a_first_sync_is_foreseen(coupled: CoupledTenant) -> None:
    """R1.1, R1.4: everything would be created, work addresses too; and then it is."""
    preview_rows = assert_preview_is_true(coupled, "one")
    assert {row.effect for row in preview_rows} <= {"create", "skip"}
    preview_rows = assert_preview_is_true(coupled, "two")
    assert {row.effect for row in preview_rows} <= {"same", "skip"}


def test_filters_are_foreseen_on_a_first_sync(couple: CoupleTenant) -> None:
    """R1.6, R1.7: the groups are known by this very dry run, before any sync has read them."""
    coupled = couple("unit4", article_groups=["Materiaal", "Arbeid"], article_types=[0, 2])
    preview_rows = assert_preview_is_true(coupled, "one")
    articles = Counter(row.effect for row in preview_rows if row.stream == "articles")
    assert articles["create"] > 0
    assert articles["skip"] > 0


def renamed(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    coupled.accounting.rename_first_company("Heel Anders B.V.")


def edited_in_simon(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.12: put back, whether or not the record changes in the package too."""
    renamed(coupled, sandbox)
    row = coupled.simon("Customer")[0]
    call_simon(coupled, "PUT", f"Customer({row['Id']})", {**row, "City": "Elders", "Remark": "Sleutel bij buren"})


def removed_in_simon(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R1.12: what is missing is made again."""
    row = coupled.simon("Item")[0]
    call_simon(coupled, "DELETE", f"Item({row['Id']})")
    with coupled.context.store.begin() as tx:
        query = text("UPDATE links SET written_digest = '' WHERE stream = 'articles' AND key = :key")
        tx.execute(query, {"key": row["ExternalId"]})


def unlinked(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """As after a restore: what Simon holds is found by its external id."""
    with coupled.context.store.begin() as tx:
        tx.execute(text("DELETE FROM links"))


@pytest.mark.parametrize("change", [renamed, edited_in_simon, removed_in_simon, unlinked])
def test_what_changed_is_foreseen_field_by_field(
    coupled: CoupledTenant, sandbox: Sandbox, change: Callable[[CoupledTenant, Sandbox], None]
) -> None:
    """R1.1, R1.10: what is listed is what the sync then does."""
    sync(coupled.context, coupled.tenant, "one")
    change(coupled, sandbox)
    assert_preview_is_true(coupled, "two")


def test_an_article_that_moves_to_another_group_is_foreseen(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.2: only its place changes, to a group that is there and to one that is yet to come."""
    coupled = couple("unit4")
    sync(coupled.context, coupled.tenant, "one")
    rows = [r for r in coupled.control.package("unit4")["products"] if r["productState"] != 1]
    groups = {r["productGroupId"] for r in rows}
    row = rows[0]
    other = sorted(groups - {row["productGroupId"]})[0]
    sandbox.package("unit4").call("PUT", f"Product/{row['productId']}", {**row, "productGroupId": other})
    preview_rows = assert_preview_is_true(coupled, "two")
    assert [(row.key, list(row.fields)) for row in preview_rows if row.effect == "change"] == [
        (row["productId"], ["ItemGroupId"])
    ]


def test_relinking_is_foreseen(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R1.1: the same contact under a new id is a change of its key, not a new customer."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    old = coupled.accounting.contact("K00002")
    new = sandbox.package("rompslomp").recreate_contact(old)
    preview_rows = assert_preview_is_true(coupled, "two")
    changed = [(row.stream, row.key, row.fields) for row in preview_rows if row.effect == "change"]
    fields = {"ExternalId": (str(old["id"]), new)}
    assert changed == [("customers", new, fields), ("work_addresses", new, fields)]


def test_articles_bring_their_groups_in_the_preview_too(couple: CoupleTenant) -> None:
    """R6.3: what is promised is what is done: their groups, which were not chosen, come along."""
    preview_rows = assert_preview_is_true(couple("unit4"), "one", ["articles"])
    assert {row.stream for row in preview_rows} == {"articles", "article_groups"}
    assert "create" in {row.effect for row in preview_rows if row.stream == "articles"}


def test_a_selection_is_foreseen(coupled: CoupledTenant) -> None:
    """R6.3: only what was chosen is previewed."""
    preview_rows = assert_preview_is_true(coupled, "one", ["customers"])
    assert {row.stream for row in preview_rows} == {"customers", "work_addresses"}


def test_a_wrong_selection_is_refused(coupled: CoupledTenant) -> None:
    """R6.3: by name, with what is allowed."""
    with pytest.raises(InvalidInput, match=r"what: suppliers is not allowed; use customers"):
        list(dry_run(coupled.context, coupled.tenant, "preview", ["suppliers"]))


def test_a_sync_under_way_is_not_disturbed(coupled: CoupledTenant) -> None:
    """R6.3: a dry run takes no run over; and the latest run that is shown is still the sync."""
    sync(coupled.context, coupled.tenant, "one")
    preview(coupled, "preview")
    with coupled.context.store.begin() as tx:
        latest = runs.latest(tx, coupled.tenant.id, "sync")
    assert latest
    assert latest.key == "one"


def test_a_dry_run_that_fails_leaves_nothing_behind(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R7.1: one clear error; the next one is as good as ever."""
    sandbox.server.world.faults.add({"kind": "truncated", "path": coupled.accounting.customers_path, "count": 1})
    with pytest.raises(ContractBroken):
        preview(coupled, "preview")
    assert [row.code for row in coupled.log("error")] == ["connection.unexpected_response"]
    assert store_state(coupled)["staged"] == store_state(coupled)["open"] == []
    assert_preview_is_true(coupled, "one")


def run(coupled: CoupledTenant, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "KOPPEL_STORE_URL": coupled.context.store.url, "KOPPEL_KEYS": KEY}
    command = [str(ROOT / "bin" / "koppel"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_command_line_shows_it_as_json(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R6.3: differences one by one with their fields, and the number of those that are the same or skipped."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    row = coupled.accounting.contact("K00003")
    sandbox.package("rompslomp").call("PATCH", f"contacts/{row['id']}", {"contact": {"city": "Gouda"}})
    mark = coupled.control.mark()
    answer = run(coupled, "sync-now", coupled.slug, "--what", "customers", "--dry-run", "--json")
    assert answer.returncode == 0, answer.stderr
    shown = json.loads(answer.stdout)
    assert shown["counts"] == {
        "customers": {"same": 11, "change": 1},
        "work_addresses": {"same": 11, "change": 1},
    }
    changes = shown["differences"]
    assert [(r["stream"], r["effect"]) for r in changes] == [("customers", "change"), ("work_addresses", "change")]
    assert all(r["fields"]["City"] == [None, "Gouda"] for r in changes)
    assert changes[0]["label"] == "K00003 Snackbar De Hoek"
    assert count_simon_writes(coupled, mark) == {}

    refused = run(coupled, "sync-now", coupled.slug, "--what", "suppliers", "--dry-run", "--json")
    assert refused.returncode == 1
    assert "what: suppliers is not allowed" in refused.stderr
    assert refused.stdout == ""


def test_work_orders_are_sent_when_chosen(couple: CoupleTenant) -> None:
    """R6.3, R3.1: sync-now with work_orders sends what is archived and reads no master data."""
    coupled = couple("rompslomp")
    sync(coupled.context, coupled.tenant, "one")
    place = coupled.simon("Location")[0]
    coupled.archive(LocationId=place["Id"], CustomerId=place["CustomerId"], Description="Kraan vervangen")
    mark = coupled.control.mark()
    answer = run(coupled, "sync-now", coupled.slug, "--what", "work_orders", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {"streams": [], "work_orders": {"confirmed": 1}, "cleanup": {}}
    assert len(coupled.documents()) == 1
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    assert not [r for r in counts if r["route"].endswith("/contacts")]
    assert sum(r["read"] for r in counts if r["route"].endswith("/products")) == 1  # the prices of this document
    again = run(coupled, "sync-now", coupled.slug, "--what", "articles,work_orders", "--json")
    assert [r["stream"] for r in json.loads(again.stdout)["streams"]] == ["articles"]
    assert len(coupled.documents()) == 1
    assert len(external_ids(coupled)) == len(set(external_ids(coupled)))

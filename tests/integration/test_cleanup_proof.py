"""No deletion without proof that the listing was complete, and made as the last one was (R2.4)."""

import random
from contextlib import suppress
from typing import Any

import pytest

from include.errors import IntegrationError
from include.store import exemptions
from include.store.exemptions import Exemption, ExemptionKind
from tests.helpers.cleanup_tenants import (
    UNLIMITED,
    change_settings,
    count_logged_codes,
    create_in_simon,
    keys_not_in_settings,
    run_cleanup,
    run_sync,
    simon_records_by_key,
    with_first_cleanup,
)
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault, count_simon_writes, simon_state
from tests.helpers.tenants import CoupledTenant, CoupleTenant

# what a listing may do besides coming in whole; a list that ends early looks whole to who reads it once
TROUBLE: list[dict[str, Any]] = [
    {"kind": "lost_page"},
    {"kind": "moving_total"},
    {"kind": "empty"},
    {"kind": "html"},
    {"kind": "truncated"},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 404},
    {"kind": "status", "status": 500},
    {"kind": "drop_before"},
    {"kind": "expired_token"},
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda fault: f"{fault['kind']}{fault.get('status', '')}")
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.usefixtures("small_steps")
def test_a_listing_in_trouble_deletes_nothing(
    cleaned: CoupledTenant, sandbox: Sandbox, trouble: dict[str, Any], lasting: bool
) -> None:
    """R2.4: everything is still wanted, so whatever a listing leaves out, not one record leaves Simon."""
    before, mark = simon_state(cleaned), cleaned.control.mark()
    add_fault(
        sandbox, path=cleaned.accounting.customers_path, method="GET", skip=1, count=-1 if lasting else 1, **trouble
    )
    with suppress(IntegrationError):
        run_cleanup(cleaned)
    sandbox.server.world.faults.clear()
    assert simon_state(cleaned) == before
    assert count_simon_writes(cleaned, mark) == {}


@pytest.mark.usefixtures("small_steps")
def test_two_listings_that_differ(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4: Unit4 announces no total, so it is asked twice; a page that one of them lacks is a doubt, and is said."""
    (gone,) = keys_not_in_settings(cleaned_unit4, "customers")
    cleaned_unit4.accounting.delete_record("customers", gone)
    add_fault(sandbox, kind="lost_page", path="/CustomerInfoList", method="GET", skip=1)
    assert run_cleanup(cleaned_unit4).ended == {}
    assert count_logged_codes(cleaned_unit4) == {"cleanup.passes_differ": 1}
    assert gone in simon_records_by_key(cleaned_unit4, "customers")
    assert run_cleanup(cleaned_unit4).ended == {"customers": {"deleted": 1}}


def test_a_list_that_is_always_empty_is_caught_record_by_record(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4: two listings that agree and are both wrong; the package is asked for each record before it goes."""
    before = simon_records_by_key(cleaned_unit4, "customers")
    add_fault(sandbox, kind="lost_page", path="/CustomerInfoList", method="GET", count=-1)
    report = run_cleanup(cleaned_unit4)
    sandbox.server.world.faults.clear()
    assert report.ended == {"customers": {"skipped": len(before)}}
    assert simon_records_by_key(cleaned_unit4, "customers") == before
    assert count_logged_codes(cleaned_unit4) == {"cleanup.not_proven": len(before)}


def test_a_total_that_does_not_fit(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.4: Rompslomp announces a total; as long as the list is another length, nothing goes."""
    coupled = with_first_cleanup(couple("rompslomp", **UNLIMITED))
    (gone,) = keys_not_in_settings(coupled, "articles")
    coupled.accounting.delete_record("articles", gone)
    add_fault(sandbox, kind="moving_total", path="/products", method="GET", count=-1)
    with pytest.raises(IntegrationError, match=r"sync\.listing_unstable"):
        run_cleanup(coupled)
    assert gone in simon_records_by_key(coupled, "articles")


def test_other_streams_are_not_held_up(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4, R3.13: a doubt about customers says nothing about articles."""
    (customer,), (article,) = (
        keys_not_in_settings(cleaned_unit4, "customers"),
        keys_not_in_settings(cleaned_unit4, "articles"),
    )
    cleaned_unit4.accounting.delete_record("customers", customer)
    cleaned_unit4.accounting.delete_record("articles", article)
    add_fault(sandbox, kind="lost_page", path="/CustomerInfoList", method="GET")
    assert run_cleanup(cleaned_unit4).ended == {"articles": {"deleted": 1}}


def test_a_doubt_about_groups_is_one_about_articles(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4, R1.6: what articles are filtered by has to be certain first."""
    (article,) = keys_not_in_settings(cleaned_unit4, "articles")
    cleaned_unit4.accounting.delete_record("articles", article)
    add_fault(sandbox, kind="lost_page", path="/ProductGroupNVL", method="GET")
    assert run_cleanup(cleaned_unit4).ended == {}
    assert count_logged_codes(cleaned_unit4) == {"cleanup.passes_differ": 2}


def test_narrowed_rights(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4: another user, or fewer rights, may see less: what would go is put to a person."""
    (gone,) = keys_not_in_settings(cleaned, "customers")
    cleaned.accounting.delete_record("customers", gone)
    cleaned.accounting.set_rights(**cleaned.accounting.narrower_rights(random.Random(1)))
    report = run_cleanup(cleaned)
    assert report.ended == {"customers": {"proposed": 1}}
    assert report.proposal is not None
    assert gone in simon_records_by_key(cleaned, "customers")
    assert count_logged_codes(cleaned)["cleanup.rights_changed"] == 1


def test_another_administration(cleaned: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4, R5.6: nothing goes, however often it is tried, also when all there is comes from another one."""
    before = simon_state(cleaned)
    other = cleaned.accounting.other_administration()
    change_settings(cleaned, administration=other)
    for _ in range(3):
        assert run_cleanup(cleaned).proposal is None
    assert simon_state(cleaned) == before
    values = [row.values for row in cleaned.log() if row.code == "cleanup.administration_changed"]
    assert values[0]["now"] == other
    assert values[0]["before"] == cleaned.control.administration(cleaned.package)


def test_back_to_the_old_administration(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4: the clean-ups in between left what was known as it was."""
    old = cleaned_unit4.control.administration("unit4")
    change_settings(cleaned_unit4, administration="MVL00002")
    run_cleanup(cleaned_unit4)
    change_settings(cleaned_unit4, administration=old)
    (gone,) = keys_not_in_settings(cleaned_unit4, "customers")
    cleaned_unit4.accounting.delete_record("customers", gone)
    assert run_cleanup(cleaned_unit4).ended == {"customers": {"deleted": 1}}


def test_administration_that_cannot_be_seen_any_more(cleaned_unit4: CoupledTenant, sandbox: Sandbox) -> None:
    """R2.4: that is no empty list but an error with an action."""
    sandbox.server.services["unit4"].administrations["MVL00001"].allowed = False  # type: ignore[attr-defined]
    mark = cleaned_unit4.control.mark()
    with pytest.raises(IntegrationError) as caught:
        run_cleanup(cleaned_unit4)
    assert caught.value.action()
    assert count_simon_writes(cleaned_unit4, mark) == {}


def test_a_group_of_the_filter_that_is_gone(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.4, R1.6: renamed, or mistyped: its articles do not go for that; customers are not concerned."""
    coupled = with_first_cleanup(couple("unit4", article_groups=["Materiaal", "Arbeid"], **UNLIMITED))
    before = simon_records_by_key(coupled, "articles")
    row = sandbox.package("unit4").call("GET", "ProductGroup/10")
    sandbox.package("unit4").call("PUT", "ProductGroup/10", {**row, "description": "Materialen"})
    create_in_simon(coupled, "Customer", Name="Zelf gemaakt")
    for _ in range(2):
        run_sync(coupled)
        run_cleanup(coupled)
    assert simon_records_by_key(coupled, "articles") == before
    assert {row.values["group"] for row in coupled.log() if row.code == "cleanup.filter_unmatched"} == {"Materiaal"}
    assert count_logged_codes(coupled)["cleanup.removed_hand_made"] == 1


def test_a_name_of_the_filter_that_stands_for_another_group_now(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R2.4, R1.6: the filter is as it was set, what it lets through is not: a person decides."""
    coupled = with_first_cleanup(couple("unit4", article_groups=["Materiaal"], **UNLIMITED))
    for key, name in (("10", "Materiaal (oud)"), ("20", "Materiaal")):
        row = sandbox.package("unit4").call("GET", f"ProductGroup/{key}")
        sandbox.package("unit4").call("PUT", f"ProductGroup/{key}", {**row, "description": name})
    before = simon_records_by_key(coupled, "articles")
    for _ in range(2):
        assert set(run_cleanup(coupled).ended.get("articles", {})) <= {"proposed"}
    assert simon_records_by_key(coupled, "articles") == before
    assert count_logged_codes(coupled)["cleanup.groups_changed"] >= 2


def test_the_first_clean_up_asks_a_person(couple: CoupleTenant) -> None:
    """R2.4: there is nothing yet to compare the listing with."""
    coupled = couple("rompslomp", **UNLIMITED)
    create_in_simon(coupled, "Customer", Name="Zelf gemaakt")
    run_sync(coupled)
    report = run_cleanup(coupled)
    assert report.ended == {"customers": {"proposed": 1}}
    assert count_logged_codes(coupled)["cleanup.first_listing"] == 1
    assert any(row["Name"] == "Zelf gemaakt" for row in coupled.simon("Customer"))


def test_what_was_kept_is_not_let_go_by_a_listing_of_simon_that_lacks_it(
    cleaned: CoupledTenant, sandbox: Sandbox
) -> None:
    """R2.4, R2.5: missing from one listing of Simon is no sign that the reason has passed."""
    id = create_in_simon(cleaned, "Customer", Name="Mag blijven")
    with cleaned.context.store.begin() as tx:
        protected = Exemption(ExemptionKind.PROTECTED)
        exemptions.put(tx, cleaned.tenant.id, "customers", id, exemption=protected)
    add_fault(sandbox, kind="lost_page", path="/odata/Customer$", method="GET")
    run_cleanup(cleaned)
    assert run_cleanup(cleaned).ended == {}
    assert any(row["Id"] == id for row in cleaned.simon("Customer"))


def test_what_was_kept_is_not_let_go_by_a_listing_that_is_no_proof(
    cleaned_unit4: CoupledTenant, sandbox: Sandbox
) -> None:
    """R2.4, R2.5: another administration happens to have its number; back in the own one, it is still to stay."""
    own, key = cleaned_unit4.control.administration("unit4"), "1001"
    id = simon_records_by_key(cleaned_unit4, "customers")[key]["Id"]
    cleaned_unit4.accounting.delete_record("customers", key)
    with cleaned_unit4.context.store.begin() as tx:
        protected = Exemption(ExemptionKind.PROTECTED)
        exemptions.put(tx, cleaned_unit4.tenant.id, "customers", id, exemption=protected)
    for administration in ("MVL00002", own):
        change_settings(cleaned_unit4, administration=administration)
        run_cleanup(cleaned_unit4)
    assert simon_records_by_key(cleaned_unit4, "customers")[key]["Id"] == id

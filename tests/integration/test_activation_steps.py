"""A coupling goes on from every state, also without its access; a wipe says what goes along (R5.1 – R5.9)."""

from typing import Any

import pytest

from include.access.connect import is_connected
from include.cleanup import wipe
from include.connectors import registry
from include.connectors.simple_simon.client import SimonAccess
from include.context import Context
from include.errors import InvalidInput, InvalidState, TenantNotFound
from include.lifecycle import deactivation, deletion, wipe_step
from include.lifecycle.activation_preview import preview_activation
from include.settings import drafts
from include.settings.nightly import check_tenant
from include.store import tenants as tenants_table
from include.sync.pipeline import sync
from include.tenants.register import register
from include.tenants.tenant import load
from tests.helpers.clock import FakeClock
from tests.helpers.lifecycle_tenant import activate, connect_simon, register_new
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant, call_simon


@pytest.mark.parametrize("package", PACKAGES)
def test_a_preview_needs_no_access_that_comes_later(context: Context, sandbox: Sandbox, package: str) -> None:
    """R5.6: after a deactivation the administration is known and the access to it gone; what comes is not known yet."""
    lifecycle = register_new(context, sandbox, package)
    connect_simon(lifecycle)
    activate(lifecycle)
    deactivation.deactivate(context, lifecycle.tenant, "jansen")
    tenant = deactivation.reactivate(context, lifecycle.tenant, "jansen")
    assert not is_connected(context, tenant, registry.field_service())
    connect_simon(lifecycle)
    assert not is_connected(context, tenant, tenant.package)
    preview = preview_activation(context, tenant)
    assert preview.incoming is None
    assert preview.in_simon["customers"] > 0


def test_a_wipe_names_what_goes_along(coupled: CoupledTenant) -> None:
    """R5.8: work addresses and contacts of customers, those of people among them, before it is confirmed."""
    sync(coupled.context, coupled.tenant, "one")
    customer = coupled.simon("Customer")[0]
    for number in range(3):
        call_simon(coupled, "POST", "Location", {"Name": f"Loods {number}", "CustomerId": customer["Id"]})
    call_simon(coupled, "POST", "Contact", {"FirstName": "Jo", "LastName": "Smit", "CustomerId": customer["Id"]})
    preview = preview_activation(coupled.context, coupled.tenant, ["customers"])
    along = {each.table: each for each in preview.along["customers"]}
    assert along["work_addresses"].count == len(coupled.simon("Location"))
    assert along["work_addresses"].hand_made == 3
    assert {"Loods 0", "Loods 1", "Loods 2"} <= set(along["work_addresses"].labels)
    assert along["contacts"].labels == ("Jo Smit",)
    before = len(coupled.simon("Location"))
    wipe.wipe(coupled.context, coupled.tenant, "wipe", ["customers"])
    assert before - len(coupled.simon("Location")) == along["work_addresses"].count


@pytest.mark.parametrize("kept", [True, False])
def test_who_starts_an_activation_agrees_to_the_terms(coupled: CoupledTenant, kept: bool) -> None:
    """R5.7, R7.8: which version, who and when."""
    with coupled.context.store.begin() as tx:
        tenants_table.set_status(tx, coupled.tenant.id, "new", active_since=None)
    if kept:
        wipe_step.keep(coupled.context, coupled.tenant, "jansen")
    else:
        shown = wipe.contents(coupled.context, coupled.tenant).counts
        wipe_step.confirm(coupled.context, coupled.tenant, shown, parts=wipe.PARTS, by="jansen")
    with coupled.context.store.begin() as tx:
        latest = tenants_table.transitions(tx, coupled.tenant.id)[-1]
    assert (latest.terms, latest.by) == (coupled.context.terms.version, "jansen")
    line = next(row for row in coupled.log() if row.code == "coupling.terms_agreed")
    assert (line.values["by"], line.values["version"]) == ("jansen", coupled.context.terms.version)


def test_a_coupling_begun_by_mistake_is_withdrawn(coupled: CoupledTenant) -> None:
    """R5.1: as if it had not been begun; one that was active, or another name, is refused."""
    begun = register(coupled.context, "vergissing", "Vergissing B.V.", coupled.package, by="jansen")
    with pytest.raises(InvalidInput, match="was typed"):
        deletion.withdraw(coupled.context, begun, "vergising", "jansen")
    deletion.withdraw(coupled.context, begun, "vergissing", "jansen")
    with pytest.raises(TenantNotFound):
        load(coupled.context, "vergissing")
    register(coupled.context, "vergissing", "Vergissing B.V.", coupled.package, by="jansen")
    with coupled.context.store.begin() as tx:
        tenants_table.set_status(tx, coupled.tenant.id, "active", active_since=coupled.context.now())
    with pytest.raises(InvalidState, match="can be deactivated"):
        deletion.withdraw(coupled.context, coupled.tenant, coupled.slug, "jansen")
    assert load(coupled.context, coupled.slug).active


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1111 2222 3333 4444", "1111222233334444"),
        ("1111-2222-3333-4444", "1111222233334444"),
        (" 1111–2222\u00a03333\u200b4444\n", "1111222233334444"),
        ("AB-12 cd", "AB-12 cd"),
    ],
)
def test_a_licence_code_is_taken_as_it_is_meant(typed: str, meant: str) -> None:
    """R5.1: blanks and dashes come along with copying; a password stays as it is."""
    access = SimonAccess(base=" https://simon.example/ ", key=typed, usr=" office ", pwd=" geheim ", api_key=" k ")  # type: ignore[arg-type]
    assert access.key.get_secret_value() == meant
    assert access.pwd.get_secret_value() == " geheim "
    assert (access.usr, access.api_key and access.api_key.get_secret_value()) == ("office", "k")


def test_checks_of_a_draft_age(coupled: CoupledTenant, clock: FakeClock, sandbox: Sandbox) -> None:
    """R4.5: after a day the save makes them again, and what is wrong by then keeps it from being saved."""
    context, tenant = coupled.context, coupled.tenant
    drafts.change(context, tenant, {"filter_word": "garantie"}, "jansen")
    drafts.check(context, tenant, "jansen")
    mark = coupled.control.mark()
    clock.advance(hours=25)
    coupled.accounting.delete_record("articles", article_key(coupled, "REIS"))
    with pytest.raises(InvalidInput, match="travel_article"):
        drafts.save(context, tenant, "jansen")
    assert coupled.control.call("GET", f"requests?since={mark}")["counts"] != []
    drafts.change(context, tenant, {"travel_article": ""}, "jansen")
    drafts.check(context, tenant, "jansen")
    mark = coupled.control.mark()
    clock.advance(hours=23)
    drafts.save(context, tenant, "jansen")
    assert coupled.control.call("GET", f"requests?since={mark}")["counts"] == []


def article_key(coupled: CoupledTenant, code: str) -> str:
    if coupled.package == "unit4":
        return code
    rows: list[dict[str, Any]] = coupled.accounting.data()["products"]
    return next(str(row["id"]) for row in rows if row["invoice_line"]["product_code"] == code)


def test_a_wrong_group_is_one_problem(couple: CoupleTenant, clock: FakeClock) -> None:
    """R1.6, R7.5: found by the sync and by the night's check, in whatever order."""
    coupled = couple("unit4", article_groups=["Materiaal", "Bestaat niet"])
    for number in range(2):
        sync(coupled.context, coupled.tenant, f"sync {number}")
        assert len([p for p in coupled.open_problems() if p.record == "Bestaat niet"]) == 1
        clock.advance(hours=1)
        check_tenant(coupled.context, coupled.tenant, f"night {number}")
        assert len([p for p in coupled.open_problems() if p.record == "Bestaat niet"]) == 1

"""What a wipe takes is said before it is confirmed, and counted afterwards (R5.2, R5.8)."""

from pathlib import Path

import pytest
import yaml

from include.cleanup.wipe import along_sentences, contents
from include.errors import ContentsChanged
from include.lifecycle import wipe_step
from include.lifecycle.activation_preview import preview_activation
from include.lifecycle.deactivation import deactivate, reactivate
from include.lifecycle.manifest.load import load_manifests
from include.lifecycle.manifest.plan import plan
from tests.helpers.command_line import run_koppel
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    activate,
    archive_for_first_customer,
    connect_package,
    connect_simon,
)
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon

KINDS = {"work_addresses": "Location", "contacts": "Contact", "equipment": "Equipment"}


@pytest.fixture
def returned(lifecycle: LifecycleTenant) -> LifecycleTenant:
    """A coupling that comes back; in its Simon people made addresses, contacts and equipment meanwhile."""
    activate(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    connect_simon(lifecycle)
    owner, other = (row["Id"] for row in lifecycle.simon("Customer")[:2])
    place = call_simon(lifecycle, "POST", "Location", {"Name": "Vakantiehuis", "CustomerId": owner})["Id"]
    call_simon(lifecycle, "POST", "Location", {"Name": "Loods", "CustomerId": other})
    call_simon(lifecycle, "POST", "Location", {"Name": "Van niemand"})
    call_simon(lifecycle, "POST", "Contact", {"FirstName": "Kees", "LastName": "Smit", "CustomerId": owner})
    call_simon(lifecycle, "POST", "Contact", {"LastName": "Beheerder", "LocationId": place})
    call_simon(lifecycle, "POST", "Contact", {"LastName": "Beide", "LocationId": place, "CustomerId": owner})
    call_simon(lifecycle, "POST", "Equipment", {"Name": "Cv-ketel", "LocationId": place})
    return lifecycle


def held(lifecycle: LifecycleTenant) -> dict[str, int]:
    return {kind: len(lifecycle.simon(entity)) for kind, entity in KINDS.items()}


def test_customers_take_their_addresses_and_contacts_along(returned: LifecycleTenant) -> None:
    """R5.8: named and counted beforehand, those of people marked; what is nobody's stays; the report agrees."""
    along = preview_activation(returned.context, returned.tenant, ["customers"]).along["customers"]
    customers, before = len(returned.simon("Customer")), held(returned)
    assert {kind: len(records) for kind, records in along.items()} == {
        "work_addresses": customers + 2,
        "contacts": 3,
        "equipment": 1,
    }
    by_hand = {record.label for record in along["work_addresses"] if record.by_hand}
    assert by_hand == {"Vakantiehuis", "Loods"}
    assert {record.label for record in along["contacts"]} == {"Kees Smit", "Beheerder", "Beide"}
    assert {record.label for record in along["equipment"]} == {"Cv-ketel"}
    shown = contents(returned.context, returned.tenant).counts
    wipe_step.confirm(returned.context, returned.tenant, shown, parts=["customers"], by=BY)
    report = wipe_step.carry_out(returned.context, returned.tenant)
    gone = {kind: count - held(returned)[kind] for kind, count in before.items()}
    assert report.along == gone == {kind: len(records) for kind, records in along.items()}
    assert [row["Name"] for row in returned.simon("Location")] == ["Van niemand"]
    rows = [row for row in returned.log() if row.code == "cleanup.wiped_along"]
    assert {row.record: int(row.values["count"]) for row in rows if row.run == rows[0].run} == gone


def test_work_addresses_take_contacts_and_equipment_along(returned: LifecycleTenant) -> None:
    """R5.8: a contact that belongs to a customer as well goes too."""
    along = preview_activation(returned.context, returned.tenant, ["work_addresses"]).along["work_addresses"]
    assert {kind: {record.label for record in records} for kind, records in along.items()} == {
        "contacts": {"Beheerder", "Beide"},
        "equipment": {"Cv-ketel"},
    }


def test_articles_take_nothing_along(returned: LifecycleTenant) -> None:
    """R5.8: nothing is named where nothing goes."""
    preview = preview_activation(returned.context, returned.tenant, ["articles", "article_groups"])
    assert list(along_sentences(preview.along, ["articles", "article_groups"])) == []


def test_what_is_chosen_itself_does_not_go_along(returned: LifecycleTenant) -> None:
    """R5.8: addresses that are wiped anyway are in their own line."""
    preview = preview_activation(returned.context, returned.tenant, ["customers", "work_addresses"])
    said = " | ".join(along_sentences(preview.along, list(preview.wiped)))
    assert "work addresses (" not in said
    assert "3 contacts" in said


def test_a_customer_on_an_open_work_order_keeps_what_it_has(returned: LifecycleTenant) -> None:
    """R5.8, R2.3: it stays, so nothing goes along with it."""
    place = next(row for row in returned.simon("Location") if row["Name"] == "Vakantiehuis")
    where = {"CustomerId": place["CustomerId"], "LocationId": place["Id"]}
    returned.archive(**where, Description="Open werk", Status="Planned")
    along = preview_activation(returned.context, returned.tenant, ["customers"]).along["customers"]
    assert "Vakantiehuis" not in {record.label for record in along["work_addresses"]}
    assert along["contacts"] == along["equipment"] == []


def test_a_customer_that_becomes_inactive_takes_nothing_along(returned: LifecycleTenant) -> None:
    """R5.2, R5.8: Simon needs it for an archived work order; only what went is counted."""
    archive_for_first_customer(returned)
    before = held(returned)
    shown = contents(returned.context, returned.tenant).counts
    wipe_step.confirm(returned.context, returned.tenant, shown, parts=["customers"], by=BY)
    report = wipe_step.carry_out(returned.context, returned.tenant)
    assert report.ended["customers"]["inactive"] == 1
    assert report.along == {
        kind: count - held(returned)[kind] for kind, count in before.items() if count > held(returned)[kind]
    }


def test_addresses_that_came_in_meanwhile_are_shown_first(returned: LifecycleTenant) -> None:
    """R5.8: they are not ticked, but they go along: more than a few new ones is another picture."""
    shown = contents(returned.context, returned.tenant).counts
    owner = returned.simon("Customer")[0]["Id"]
    for number in range(11):
        call_simon(returned, "POST", "Location", {"Name": f"Nieuw {number}", "CustomerId": owner})
    with pytest.raises(ContentsChanged, match="work_addresses"):
        wipe_step.confirm(returned.context, returned.tenant, shown, parts=["customers"], by=BY)
    wipe_step.confirm(returned.context, returned.tenant, shown, parts=["articles"], by=BY)


def test_prompt_and_file_name_what_goes_along(returned: LifecycleTenant, tmp_path: Path) -> None:
    """R5.8: before either is confirmed, what people made first."""
    done = run_koppel(returned.context, "tenants", "preview", returned.slug, "--parts", "customers")
    printed = " ".join(done.stdout.split())
    for part in ("2 made by hand) go along with the customers: Vakantiehuis, Loods,", "Kees Smit", "Cv-ketel"):
        assert part in printed
    described = {name: returned.description[name] for name in ("company", "package", "settings")}
    file = tmp_path / "tenants.yaml"
    file.write_text(yaml.safe_dump({"tenants": {returned.slug: {**described, "wipe": ["customers"]}}}))
    connect_package(returned)
    [planned] = plan(returned.context, load_manifests(returned.context, [file], {}))
    [step] = [step for step in planned.steps if step.startswith("wipe Simple-Simon")]
    assert "2 made by hand) go along with the customers: Vakantiehuis, Loods," in step
    assert "Cv-ketel" in step


def test_the_older_generation_names_addresses(lifecycle: LifecycleTenant, sandbox: Sandbox) -> None:
    """R5.8: it has no table of contacts and equipment, so those are neither asked for nor named."""
    rest = {**lifecycle.description["simon_access"], "base": f"{sandbox.root}/simon/rest", "dialect": "rest"}
    connect_simon(lifecycle, rest)
    along = preview_activation(lifecycle.context, lifecycle.tenant).along["customers"]
    assert {kind: [record.label for record in records] for kind, records in along.items()} == {
        "work_addresses": ["Oud adres"]
    }

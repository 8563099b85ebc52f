"""The checks of settings against the sandboxes: each in order, with a warning, and wrong (R4.1, R4.2, R4.4)."""

from dataclasses import replace
from typing import Any

import pytest

from include.access.credentials import StoredCredentials
from include.messages import lookup
from include.settings.check_result import CheckResult
from include.settings.checks import check
from include.settings.live_package import LivePackage
from sandbox.unit4 import lookups
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant, CoupleTenant

ARTICLE_SETTINGS = ("travel_article", "work_article", "default_article")


def live(coupled: CoupledTenant, **changes: Any) -> LivePackage:
    """Under the tenant's settings with these changes, which are not saved."""
    tenant = coupled.tenant
    kind = type(tenant.settings)
    return LivePackage(
        coupled.context, replace(tenant, settings=kind.model_validate(tenant.settings.model_dump() | changes))
    )


def checked(coupled: CoupledTenant, name: str, **changes: Any) -> list[CheckResult]:
    results = check(live(coupled, **changes), name)
    for result in results:
        assert result.setting == name
        for language in ("nl", "en"):
            text = result.text("nl" if language == "nl" else "en")
            assert "?" not in text.message.replace(")?", "")
            assert bool(text.action) == (result.level != "ok")
    return results


def only(coupled: CoupledTenant, name: str, **changes: Any) -> CheckResult:
    [result] = checked(coupled, name, **changes)
    return result


def test_settings_of_a_new_tenant_are_in_order(coupled: CoupledTenant) -> None:
    """R4.1: every setting has a result, and what is right is said to be."""
    asked = live(coupled)
    results = {name: check(asked, name) for name in type(asked.settings).model_fields}
    wrong = {name for name, of_setting in results.items() if any(result.level == "error" for result in of_setting)}
    assert wrong == set()
    assert all(results.values())


# administration


def test_administration(coupled: CoupledTenant) -> None:
    """R4, table: it exists, can be reached, and the API may be used on it."""
    result = only(coupled, "administration")
    assert (result.level, result.code) == ("ok", "settings.administration_ok")
    assert coupled.tenant.settings.administration in result.text().message


@pytest.mark.parametrize(("package", "number"), [("unit4", "mvl00001"), ("unit4", "MVL0001")])
def test_administration_that_was_nearly_named(couple: CoupleTenant, package: str, number: str) -> None:
    """R4.4: the message names what was probably meant."""
    result = only(couple(package), "administration", administration=number)
    assert (result.level, result.code) == ("error", "settings.administration_near_miss")
    assert (result.values["number"], result.values["near"]) == (number, "MVL00001")


def test_unknown_administration_is_named_with_those_there_are(coupled: CoupledTenant) -> None:
    """R4.4: it is named, with what there is to choose from."""
    number = coupled.tenant.settings.administration
    result = only(coupled, "administration", administration="NERGENS")
    assert (result.level, result.code) == ("error", "settings.administration_unknown")
    assert "'NERGENS'" in result.text().message
    assert number in result.text().action


def test_administration_that_the_user_may_not_open(couple: CoupleTenant) -> None:
    """R4, table: it must be reachable with these credentials."""
    unit4 = couple("unit4")
    unit4.control.call("POST", "unit4/rights", {"database": "MVL00001", "allowed": False})
    result = only(unit4, "administration")
    assert (result.level, result.code) == ("error", "settings.administration_near_miss")


def test_administration_whose_subscription_has_no_api(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R4, table: API allowed; one that lacks a right names the right."""
    rompslomp = couple("rompslomp")
    first, second, third = sandbox.server.services["rompslomp"].state.companies
    refused = only(rompslomp, "administration", administration=str(third))
    assert (refused.level, refused.code) == ("error", "settings.administration_without_api")
    lacking = only(rompslomp, "administration", administration=str(second))
    assert (lacking.level, lacking.code) == ("error", "settings.administration_missing_rights")
    assert lacking.values["rights"] == "manage:products"
    assert only(rompslomp, "administration", administration=str(first)).level == "ok"


def test_more_companies_than_a_page_holds(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R4, table: a bookkeeper's token sees hundreds; the tenant's own is found whatever its place."""
    rompslomp = couple("rompslomp")
    state = sandbox.server.services["rompslomp"].state
    owner = state.users[0]
    made = [state.add_company(owner, {"name": f"Klant {n}"}) for n in range(130)]
    for company in (made[0], made[70], made[-1]):
        assert only(rompslomp, "administration", administration=str(company.id)).level == "ok"


def test_a_token_without_a_right(couple: CoupleTenant) -> None:
    """R4.2: one that may not make invoices is found out before there is a work order."""
    rompslomp = couple("rompslomp")
    scopes = ["public", "manage:contacts", "manage:products", "read:accounts"]
    company = int(rompslomp.tenant.settings.administration)
    made = rompslomp.control.call("POST", "rompslomp/tokens", {"company_id": company, "scopes": scopes})
    package = rompslomp.tenant.package
    access = rompslomp.control.package_access("rompslomp") | {"access_token": made["personal_token"]}
    with rompslomp.context.store.begin() as tx:
        signed_in = package.access.model_validate(access)
        StoredCredentials(rompslomp.context, rompslomp.tenant.id, package).put(tx, signed_in)
    result = only(rompslomp, "administration")
    assert (result.level, result.code) == ("error", "connection.forbidden")
    assert "manage:sales_invoices" in result.text().message


def test_an_administration_that_is_listed_but_closed(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R4, table: reachable is more than listed."""
    unit4 = couple("unit4")
    sandbox.server.world.faults.add({"kind": "status", "status": 403, "path": "CompanyDetailsInfo", "count": -1})
    result = only(unit4, "administration")
    assert (result.level, result.code) == ("error", "connection.forbidden")


# articles


@pytest.mark.parametrize("setting", ARTICLE_SETTINGS)
def test_article(coupled: CoupledTenant, setting: str) -> None:
    """R4, table: the article code exists and is active; empty is in order too."""
    result = only(coupled, setting, **{setting: "UREN"})
    assert (result.level, result.code) == ("ok", "settings.article_ok")
    assert "Arbeidsuur monteur" in result.text().message
    assert only(coupled, setting, **{setting: ""}).code == "settings.ok"


@pytest.mark.parametrize("code", ["uren", "UREN ", "UREM"])
def test_article_that_was_nearly_named(coupled: CoupledTenant, code: str) -> None:
    """R4.4: capitals, blanks and a slip of the pen are seen through."""
    result = only(coupled, "work_article", work_article=code)
    assert (result.level, result.code) == ("error", "settings.article_near_miss")
    assert result.values["near"] == "UREN"
    assert "bedoelt u 'UREN' (Arbeidsuur monteur)?" in result.text().message


def test_unknown_article_is_named(coupled: CoupledTenant) -> None:
    """R4.4: it is named, with what there is to choose from."""
    result = only(coupled, "default_article", default_article="GEEN'ENKEL")
    assert (result.level, result.code) == ("error", "settings.article_unknown")
    assert "GEEN'ENKEL" in result.text().message


def test_inactive_article(couple: CoupleTenant) -> None:
    """R4.2: as the push refuses it."""
    result = only(couple("unit4"), "default_article", default_article="OUD.1")
    assert (result.level, result.code) == ("error", "settings.article_inactive")


def test_article_without_a_price(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R3.11: the price comes from the package, so a missing one is worth a warning before it is invoiced."""
    if "GRS-01" not in coupled.accounting.article_codes():
        coupled.accounting.create_article("GRS-01", price="0.0")
    result = only(coupled, "default_article", default_article="GRS-01")
    assert (result.level, result.code) == ("warning", "settings.article_without_price")


def test_two_articles_with_one_code(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R3.5, R1.14: none of them is chosen; both are named."""
    rompslomp = couple("rompslomp")
    sandbox.server.world.switches.set("rompslomp.product_code_unique", False)
    rompslomp.accounting.create_article("UREN", price="70.0")
    result = only(rompslomp, "work_article", work_article="UREN")
    assert (result.level, result.code) == ("error", "settings.article_several")
    assert result.values["names"].count("«") == 2


def test_a_code_in_other_capitals_is_not_the_same(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """Contract 9.3: whether the search minds capitals is not documented, so the answer is compared again."""
    rompslomp = couple("rompslomp")
    sandbox.server.world.switches.set("rompslomp.product_codes_match", "case_insensitive")
    assert only(rompslomp, "work_article", work_article="uren").code == "settings.article_near_miss"


# groups and types


def test_groups(couple: CoupleTenant) -> None:
    """R1.6: every name matches; without any, all come over."""
    unit4 = couple("unit4")
    assert only(unit4, "article_groups", article_groups=["Materiaal", "Arbeid"]).level == "ok"
    assert only(unit4, "article_groups").level == "ok"


def test_group_that_was_nearly_named(couple: CoupleTenant) -> None:
    """R1.6, R4.4: with the right name and its number of articles; each wrong name by itself."""
    near, unknown = checked(couple("unit4"), "article_groups", article_groups=["materiaal", "Arbeid", "Zwembaden"])
    assert (near.level, near.code, near.values["near"]) == ("error", "settings.group_near_miss", "Materiaal")
    assert near.text().message == "Artikelgroep 'materiaal' bestaat niet; bedoelt u 'Materiaal' (8 artikelen)?"
    assert (unknown.level, unknown.code, unknown.record) == ("error", "settings.group_unknown", "Zwembaden")


def test_types(couple: CoupleTenant) -> None:
    """R1.7: they exist and are in tune with the groups; one that no group lets through is a warning."""
    unit4 = couple("unit4")
    assert only(unit4, "article_types", article_types=[0, 2]).level == "ok"
    assert only(unit4, "article_types").level == "ok"
    result = only(unit4, "article_types", article_types=[0, 2], article_groups=["Arbeid"])
    assert (result.level, result.code) == ("warning", "filter.type_excluded")
    assert "Artikel met voorraad" in result.text().message


def test_type_that_the_package_does_not_have(
    couple: CoupleTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R4.4: named with those there are."""
    monkeypatch.delitem(lookups._PICK_LISTS["ProductTypeNVL"], 4)
    result = only(couple("unit4"), "article_types", article_types=[0, 4])
    assert (result.level, result.code, result.record) == ("error", "settings.type_unknown", "4")
    assert "3 (Samengesteld artikel)" in result.text().action


# the document


def test_memo_field(couple: CoupleTenant) -> None:
    """R3.8, R4, table: the target field exists, is a memo and stands on sales orders."""
    unit4 = couple("unit4", memo="both")
    field = "ORDER.OPMERKINGEN"
    assert only(unit4, "memo_field", memo_field=field).level == "ok"
    assert only(unit4, "memo_field", memo_field="").level == "ok"
    idle = only(unit4, "memo_field", memo_field=field, memo="none")
    assert (idle.level, idle.code) == ("warning", "settings.memo_field_unused")
    near = only(unit4, "memo_field", memo_field="Order.Opmerkingen")
    assert (near.level, near.code, near.values["near"]) == ("error", "settings.pick_list_near_miss", field)
    unfit = only(unit4, "memo_field", memo_field="ORDER.UITVOERDATUM")
    assert (unfit.level, unfit.code) == ("error", "settings.pick_list_unusable")
    assert field in unfit.text().action
    assert only(unit4, "memo_field", memo_field="X.Y").code == "settings.pick_list_unknown"


def test_memo_field_that_was_taken_away(couple: CoupleTenant, sandbox: Sandbox) -> None:
    """R4.2: what would be dropped silently is found before it is."""
    unit4 = couple("unit4", memo="both", memo_field="ORDER.OPMERKINGEN")
    sandbox.server.world.switches.set("unit4.memo_field", "")
    result = only(unit4, "memo_field")
    assert (result.level, result.values["known"]) == ("error", "–")


def test_payment_condition(couple: CoupleTenant) -> None:
    """R4.2: it exists; without one, the customers that have none of their own are counted."""
    unit4 = couple("unit4")
    assert only(unit4, "payment_condition", payment_condition="30").level == "ok"
    without = only(unit4, "payment_condition")
    assert (without.level, without.code) == ("warning", "settings.customers_without_payment_condition")
    assert (without.values["count"], "Wijkcentrum" in without.values["customer"]) == ("1", True)
    wrong = only(unit4, "payment_condition", payment_condition="99")
    assert (wrong.level, wrong.code) == ("error", "settings.pick_list_unknown")
    assert "14 (Binnen 14 dagen)" in wrong.text().action


def test_vat_scenario(couple: CoupleTenant) -> None:
    """R4.4: named with those there are."""
    unit4 = couple("unit4")
    assert only(unit4, "vat_scenario", vat_scenario=6).level == "ok"
    wrong = only(unit4, "vat_scenario", vat_scenario=66)
    assert (wrong.level, wrong.values["value"]) == ("error", "66")


def test_filter_word(coupled: CoupledTenant) -> None:
    """R3.9: one letter is in every description."""
    assert only(coupled, "filter_word", filter_word="garantie").level == "ok"
    assert only(coupled, "filter_word", filter_word=" ").level == "ok"
    assert only(coupled, "filter_word", filter_word="e").code == "settings.filter_word_short"


# when it cannot be checked


def test_without_its_administration_nothing_else_is_asked(coupled: CoupledTenant) -> None:
    """R4.1: one mistake is one error to repair, and what could not be checked is not passed."""
    mark = coupled.control.mark()
    asked = live(coupled, administration="NERGENS")
    results = [check(asked, name)[0] for name in ("administration", *ARTICLE_SETTINGS)]
    assert [result.level for result in results] == ["error"] * 4
    assert {result.code for result in results[1:]} == {"settings.administration_first"}
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    assert not [row for row in counts if "NERGENS" in str(row)]


@pytest.mark.parametrize("status", [500, 403])
def test_a_package_that_does_not_answer_is_asked_once(
    coupled: CoupledTenant, sandbox: Sandbox, clock: FakeClock, status: int
) -> None:
    """R4.1: an error, as nothing was checked, even if waiting may cure it; the others do not wait for it again."""
    path = coupled.accounting.articles_path
    asked = live(coupled)
    assert check(asked, "administration")[0].level == "ok"
    sandbox.server.world.faults.add({"kind": "status", "status": status, "path": path, "count": -1})
    codes = [(result.level, result.code) for name in ARTICLE_SETTINGS for result in check(asked, name)]
    assert codes == [("error", "connection.unavailable" if status == 500 else "connection.forbidden")] * 3
    assert clock.slept_s == ([1, 2, 4, 8] if status == 500 else [])
    assert lookup(codes[0][1]).nl.action


def test_each_list_is_read_once(couple: CoupleTenant) -> None:
    """R4.2: seven settings of a tenant do not read its articles seven times."""
    unit4 = couple("unit4", article_groups=["Arbeid"], article_types=[0], payment_condition="30", vat_scenario=6)
    mark = unit4.control.mark()
    asked = live(unit4)
    for name in type(asked.settings).model_fields:
        check(asked, name)
    counts = unit4.control.call("GET", f"requests?since={mark}")["counts"]
    # administrations, rights, three articles, groups, types, the articles to count and their end, conditions, scenarios
    assert sum(row["read"] for row in counts) <= 11, counts

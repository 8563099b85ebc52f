"""Tests koppel settings and koppel tenants check: the whole way, wrong input, and the nightly checks."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.helpers.command_line import run_koppel
from tests.helpers.tenants import CoupledTenant, CoupleTenant

pytestmark = pytest.mark.registered_with_vendors


@pytest.fixture
def unit4(couple: CoupleTenant) -> CoupledTenant:
    """A tenant whose credentials are encrypted with the key that the command line has."""
    return couple("unit4")


def run(coupled: CoupledTenant, *arguments: str) -> Any:
    return run_koppel(coupled.context, *arguments)


def answered(coupled: CoupledTenant, *arguments: str, code: int = 0) -> Any:
    """Return the JSON of a command that ends with this code."""
    done = run(coupled, *arguments, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_show_set_check_save_history_diff(unit4: CoupledTenant) -> None:
    """R4.1, R4.3: settings are changed, checked, saved and compared."""
    slug = unit4.slug
    shown = answered(unit4, "settings", "show", slug)
    assert (shown["version"], shown["draft"]) == (1, None)
    pairs = ("article_groups=Materiaal, Arbeid", "article_types=[0,2]", "work_description=false", "vat_scenario=6")
    changed = answered(unit4, "settings", "set", slug, *pairs, "payment_condition=30")
    assert changed["draft"]["settings"]["article_groups"] == ["Materiaal", "Arbeid"]
    assert changed["draft"]["settings"]["vat_scenario"] == 6
    assert changed["draft"]["checks"] == {}
    rows = answered(unit4, "settings", "diff", slug)
    assert {row["setting"] for row in rows} == {
        "article_groups", "article_types", "work_description", "vat_scenario", "payment_condition",
    }  # fmt: skip
    results = answered(unit4, "settings", "check", slug)
    assert {result["level"] for result in results} == {"ok"}
    assert answered(unit4, "settings", "save", slug, "--base", "1") == {"tenant": slug, "version": 2}
    latest, first = answered(unit4, "settings", "history", slug)
    assert (latest["version"], first["version"]) == (2, 1)
    assert latest["changed"]["vat_scenario"] == [None, 6]
    assert answered(unit4, "settings", "diff", slug, "1", "2") == answered(unit4, "settings", "diff", slug, "1")
    assert "work_description" in run(unit4, "settings", "history", slug).stdout
    assert "version 2" in run(unit4, "settings", "show", slug).stdout


def test_a_wrong_setting_is_explained_and_not_saved(unit4: CoupledTenant) -> None:
    """R4.1, R4.4: the check ends with 1 and says what to do; saving names the setting."""
    slug = unit4.slug
    assert run(unit4, "settings", "set", slug, "work_article=uren").returncode == 0
    done = run(unit4, "settings", "check", slug, "work_article")
    assert done.returncode == 1
    assert "bedoelt u 'UREN'" in done.stdout
    assert "→ Neem de artikelcode precies over" in done.stdout
    refused = run(unit4, "settings", "save", slug)
    assert refused.returncode == 1
    assert "settings.work_article" in refused.stderr
    assert "settings.filter_word: not checked since the last change" in refused.stderr
    assert "dropped" in run(unit4, "settings", "discard", slug).stdout
    assert answered(unit4, "settings", "show", slug)["draft"] is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("set", "colour=red"), "settings.colour: unknown; use administration"),
        (("set", "work_article"), "use NAME=VALUE"),
        (("set", "work_article=A", "work_article=B"), "given twice"),
        (("set", "article_types=0,9"), "settings.article_types.1: 9 is not allowed"),
        (("set", "administration=MVL00002"), "stays with it"),
        (("check", "colour"), "settings.colour: unknown"),
        (("save",), "nothing was changed"),
        (("diff", "7"), "version: 7 does not exist; use 1 to 1"),
    ],
)
def test_wrong_input(unit4: CoupledTenant, arguments: tuple[str, ...], expected: str) -> None:
    """R4.4: in words, without a trace, and nothing was kept."""
    verb, *rest = arguments
    done = run(unit4, "settings", verb, unit4.slug, *rest)
    assert done.returncode == 1
    assert expected in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert answered(unit4, "settings", "show", unit4.slug)["draft"] is None


def test_check_now(unit4: CoupledTenant) -> None:
    """R4.2: the nightly checks of one tenant and of all, on demand; one of the two has to be chosen."""
    report = answered(unit4, "tenants", "check", unit4.slug)
    assert (report["level"], report["access"]) == ("warning", [])
    assert {row["setting"] for row in report["settings"]} == set(type(unit4.tenant.settings).model_fields)
    assert answered(unit4, "tenants", "check", "--all-tenants") == {"tenants": 1, "ok": 0, "warning": 1, "error": 0}
    for wrong in ((), (unit4.slug, "--all-tenants")):
        assert "name one TENANT, or use --all-tenants" in run(unit4, "tenants", "check", *wrong).stderr


def test_a_tenant_that_is_not_active_is_not_checked(unit4: CoupledTenant) -> None:
    """R5.5: nothing is asked or written for it; the way to check settings before that is named."""
    with unit4.context.store.begin() as tx:
        tx.execute(text("UPDATE tenants SET status = 'inactive'"))
    done = run(unit4, "tenants", "check", unit4.slug)
    assert done.returncode == 1
    assert f"{unit4.slug} is inactive; koppel settings check" in done.stderr.replace("\n", " ")
    assert unit4.log() == []


def test_check_without_access(couple: CoupleTenant) -> None:
    """R4.2: credentials that cannot be used are said in words, and the command ends with 1."""
    unit4 = couple("unit4")
    with unit4.context.store.begin() as tx:
        tx.execute(text("DELETE FROM credentials"))
    done = run(unit4, "tenants", "check", unit4.slug)
    assert done.returncode == 1
    assert "Er zijn geen inloggegevens van Unit4 Multivers opgeslagen" in done.stdout

"""Adding a tenant: what is wrong with a description is said before anything is stored."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet

from include.context import Context
from include.errors import InvalidInput
from include.store import Store
from include.tenants.register import PARTS, parse_spec, register

SECRETS = {
    "key": "1111222233334444",
    "pwd": "wachtwoord-4711",
    "api_key": "sleutel-4711",
    "client_secret": "id-geheim-4711",
    "refresh_token": "vernieuw-4711",
    "access_token": "toegang-4711",
}
SIMON = {"base": "https://simon.example/odata", "usr": "kantoor@x.nl"} | {
    k: SECRETS[k] for k in ("key", "pwd", "api_key")
}
UNIT4 = {"base": "https://unit4.example/V23", "client_id": "id"} | {
    k: SECRETS[k] for k in ("client_secret", "refresh_token")
}
ROMPSLOMP = {"api": "https://rompslomp.example/api/v1", "access_token": SECRETS["access_token"]}
GIVEN: dict[str, Any] = {
    "company": "De Boer B.V.",
    "package": "unit4",
    "settings": {"administration": "MVL00001"},
    "package_access": UNIT4,
    "simon_access": SIMON,
}


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """With a store that cannot be reached: whoever would store something fails otherwise than with WrongInput."""
    store = Store("postgresql+psycopg2://nobody@127.0.0.1:1/none")
    return Context(store, MultiFernet([Fernet(Fernet.generate_key())]), tmp_path)


def problems(context: Context, slug: str = "deboer", without: str = "", **changed: Any) -> list[str]:
    """What is wrong; none of it repeats a secret."""
    description = {name: value for name, value in (GIVEN | changed).items() if name != without}
    with pytest.raises(InvalidInput) as caught:
        parse_spec(context, slug, description)
    assert str(caught.value) == "; ".join(caught.value.problems)
    assert not any(secret in str(caught.value) for secret in SECRETS.values())
    return caught.value.problems


# the name


@pytest.mark.parametrize(
    "slug", ["", "a", "De-Boer", "deboer!", "1deboer", "_deboer", "DEBOER", "d" * 41, "de boer", "de\n"]
)
def test_name_of_the_tenant(context: Context, slug: str) -> None:
    """R6.4: it becomes part of DAG names; the message shows it and what is allowed."""
    [problem] = problems(context, slug)
    assert problem.startswith(f"tenant: {slug!r} is not allowed; use 2 to 40 of a-z, 0-9 and _")


def test_double_underscore_in_the_name(context: Context) -> None:
    """R6.4: it separates the kind of DAG from the tenant."""
    assert problems(context, "de__boer") == ["tenant: 'de__boer' is not allowed; use no double underscore"]


# the whole


@pytest.mark.parametrize("part", PARTS)
def test_missing_part(context: Context, part: str) -> None:
    """R4.4: each part is needed."""
    assert problems(context, without=part) == [f"{part}: missing"]


def test_unknown_part(context: Context) -> None:
    """R4.4: a misspelt part is not passed over; its content may be secret."""
    [problem] = problems(context, simon_acces={"pwd": SECRETS["pwd"]})
    assert problem == "simon_acces: unknown; use company, package, settings, package_access, simon_access"


def test_all_problems_are_said_at_once(context: Context) -> None:
    """R4.4: nobody has to try again and again."""
    wrong = problems(context, "De Boer", without="settings", package="exact", company=" ", extra=1)
    assert [problem.split(":")[0] for problem in wrong] == ["tenant", "settings", "extra", "company", "package"]


@pytest.mark.parametrize("package", ["exact", "Unit4", "", "simple_simon", None, 4, ["unit4"]])
def test_unknown_package(context: Context, package: Any) -> None:
    """R4.4: the message shows it and which there are."""
    assert problems(context, package=package) == [f"package: {package!r} is not allowed; use rompslomp or unit4"]


@pytest.mark.parametrize("company", ["", "  "])
def test_company_without_a_name(context: Context, company: str) -> None:
    """R6.4: it is what people see."""
    assert problems(context, company=company) == ["company: empty; use the company's name"]


def test_company_that_is_no_text(context: Context) -> None:
    """R4.4: it is reported like any other wrong value."""
    [problem] = problems(context, company=5)
    assert problem.startswith("company: ")


# settings


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("administration", "", "at least 1 character"),
        ("memo", "alles", "'none', 'work_address', 'work_description' or 'both'"),
        ("memo_field", "OPMERKINGEN", "pattern"),
        ("payment_condition", "DERTIG", "at most 3 characters"),
        ("vat_scenario", "hoog", "valid integer"),
        ("work_description", "misschien", "valid boolean"),
    ],
)
def test_wrong_setting_names_field_and_what_is_allowed(context: Context, field: str, value: Any, allowed: str) -> None:
    """R4.4: a person can see which one, and what to write instead."""
    [problem] = problems(context, settings=GIVEN["settings"] | {field: value})
    assert problem.startswith(f"settings.{field}: ")
    assert allowed in problem


def test_wrong_setting_names_its_value(context: Context) -> None:
    """R4.4: a setting is no secret, so the message repeats it."""
    [problem] = problems(context, settings=GIVEN["settings"] | {"memo": "alles"})
    assert "'alles'" in problem


def test_unknown_setting_is_named_with_those_there_are(context: Context) -> None:
    """R4.4: a misspelt setting is not passed over, and the right spelling is shown."""
    [problem] = problems(context, settings=GIVEN["settings"] | {"filterword": "x"})
    assert problem.startswith("settings.filterword: ")
    assert "filter_word" in problem


def test_wrong_item_of_a_list_is_named_by_its_place(context: Context) -> None:
    """R4.4: types are numbers from 0 to 4."""
    [problem] = problems(context, settings=GIVEN["settings"] | {"article_types": [0, 7]})
    assert problem.startswith("settings.article_types.1: ")
    assert "0, 1, 2, 3 or 4" in problem


def test_settings_of_one_package_are_not_the_others(context: Context) -> None:
    """R4, table: Rompslomp has no article groups or memo."""
    settings = {"administration": "1", "article_groups": ["x"], "memo": "both"}
    wrong = problems(context, package="rompslomp", package_access=ROMPSLOMP, settings=settings)
    assert [problem.split(":")[0] for problem in wrong] == ["settings.article_groups", "settings.memo"]


# access


@pytest.mark.parametrize(
    ("part", "access", "field"),
    [
        ("simon_access", SIMON | {"pwd": None}, "simon_access.pwd"),
        ("simon_access", SIMON | {"key": int(SECRETS["key"])}, "simon_access.key"),
        ("simon_access", SIMON | {"dialect": "soap"}, "simon_access.dialect"),
        ("simon_access", SIMON | {"password": SECRETS["pwd"]}, "simon_access.password"),
        ("simon_access", {k: v for k, v in SIMON.items() if k != "usr"}, "simon_access.usr"),
        ("package_access", UNIT4 | {"refresh_token": [SECRETS["refresh_token"]]}, "package_access.refresh_token"),
        ("package_access", UNIT4 | {"expires_at": SECRETS["access_token"]}, "package_access.expires_at"),
        ("package_access", UNIT4 | {"token": SECRETS["access_token"]}, "package_access.token"),
        ("package_access", {k: v for k, v in UNIT4.items() if k != "base"}, "package_access.base"),
    ],
)
def test_wrong_access_names_its_field_never_its_value(context: Context, part: str, access: Any, field: str) -> None:
    """R4.4: whatever is wrong with it, a secret is not repeated, nor anything beside it."""
    [problem] = problems(context, **{part: access})
    assert problem.startswith(f"{field}: ")


@pytest.mark.parametrize("part", ["settings", "package_access", "simon_access"])
@pytest.mark.parametrize("value", [None, SECRETS["pwd"], [SECRETS["pwd"]], 5])
def test_part_that_is_no_object(context: Context, part: str, value: Any) -> None:
    """R4.4: named, not shown."""
    [problem] = problems(context, **{part: value})
    assert problem.startswith(f"{part}: ")


def test_rompslomp_needs_a_token_of_either_kind(context: Context) -> None:
    """Contract 2: it takes a personal token, or a refresh token."""
    access = {"api": ROMPSLOMP["api"]}
    [problem] = problems(context, package="rompslomp", package_access=access)
    assert problem.startswith("package_access: ")
    assert "access_token" in problem
    assert "refresh_token" in problem


@pytest.mark.parametrize("address", ["", "unit4.example"])
def test_address_must_be_one(context: Context, address: str) -> None:
    """R4.4: no request could be made to it; that is for the person who types it, not for a retry at night."""
    [problem] = problems(context, package_access=UNIT4 | {"base": address})
    assert problem.startswith("package_access.base: ")


def test_nothing_wrong_goes_on_to_the_store(context: Context) -> None:
    """The counter-proof: a good description gets as far as the store."""
    spec = parse_spec(context, "deboer", GIVEN)
    with pytest.raises(Exception, match="Connection refused"):
        register(context, spec.slug, spec.company, spec.package.name, by="test")

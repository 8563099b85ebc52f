"""What a tenant can set, and what it signs in with: the models of ``include.connectors``."""

from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from include.connectors import registry
from include.connectors.access import Access
from include.connectors.field_service import FieldServiceApp
from include.connectors.package import Package
from include.connectors.rompslomp.client import RompslompAccess
from include.connectors.settings import PackageSettings, setting_text
from include.connectors.simple_simon.client import SimonAccess
from include.connectors.unit4.client import Unit4Access
from include.connectors.unit4.settings import Unit4Settings

SIMON = SimonAccess.model_validate(
    {"base": "https://s", "key": "sleutel", "usr": "u", "pwd": "geheim", "api_key": "api"}
)
UNIT4 = Unit4Access.model_validate(
    {
        "base": "https://u",
        "client_id": "k",
        "client_secret": "cs",
        "refresh_token": "r",
        "expires_at": "2026-11-20T15:00:00Z",
    }
)
PLAIN = PackageSettings.model_validate({"administration": "1"})
ROMPSLOMP = RompslompAccess.model_validate({"api": "https://r", "access_token": "persoonlijk"})


def unit4(**fields: Any) -> Unit4Settings:
    return Unit4Settings.model_validate({"administration": "MVL00001", **fields})


@pytest.mark.parametrize("package", registry.packages())
def test_every_setting_has_a_title_and_a_sentence(package: str) -> None:
    """R4, R7.2: pages, messages and documents show them, in both languages."""
    settings = registry.package(package).settings
    assert settings is not None
    for name in settings.model_fields:
        text = setting_text(settings, name)
        assert text.title("nl"), name
        assert text.title("en"), name
        assert text.help("nl").endswith("."), name
        assert text.help("en").endswith("."), name
        assert text.help("nl") != text.help("en"), name


@pytest.mark.parametrize("package", registry.packages())
def test_every_value_of_a_fixed_set_has_a_name(package: str) -> None:
    """R4, R7.2: in both languages, and no name is of a value that there is not."""
    settings = registry.package(package).settings
    for name, field in settings.model_fields.items():
        kinds = get_args(field.annotation) if get_origin(field.annotation) is tuple else (field.annotation,)
        values = {value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)}
        assert set(setting_text(settings, name).choices) == values, name


@pytest.mark.parametrize("package", registry.packages())
def test_only_the_administration_is_required(package: str) -> None:
    """R4, table: everything else may be left out."""
    settings = registry.package(package).settings
    assert settings is not None
    assert [name for name, field in settings.model_fields.items() if field.is_required()] == ["administration"]


def test_defaults_book_used_articles_only() -> None:
    """R3.5, R3.6, R3.8, R3.9: no description, extra articles, memo or filter without being asked."""
    assert (PLAIN.group_names, PLAIN.type_keys, PLAIN.memo_parts) == ((), (), ())
    assert not any((PLAIN.travel_article, PLAIN.work_article, PLAIN.default_article, PLAIN.filter_word))
    assert PLAIN.work_description is False


@pytest.mark.parametrize(
    ("memo", "parts"),
    [
        ("none", ()),
        ("work_address", ("work_address",)),
        ("work_description", ("work_description",)),
        ("both", ("work_address", "work_description")),
    ],
)
def test_memo_parts(memo: str, parts: tuple[str, ...]) -> None:
    """R3.8: the address goes first."""
    assert unit4(memo=memo).memo_parts == parts


def test_filters_as_the_sync_wants_them() -> None:
    """R1.6, R1.7: names exactly as written, types by their number as text."""
    settings = unit4(article_groups=[" Materiaal", "cv"], article_types=[0, 2])
    assert (settings.group_names, settings.type_keys) == ((" Materiaal", "cv"), ("0", "2"))


@pytest.mark.parametrize("field", ["", "ORDER.OPMERKINGEN", "Eigen groep.Memo 1"])
def test_memo_field_that_can_be(field: str) -> None:
    """Contract 11: group and field, or none."""
    assert unit4(memo_field=field).memo_field == field


@pytest.mark.parametrize(
    "wrong",
    [
        {"administration": ""},
        {"administration": None},
        {"memo_field": "OPMERKINGEN"},
        {"memo_field": "."},
        {"memo_field": "A.B.C"},
        {"memo": "alles"},
        {"memo": None},
        {"article_types": [5]},
        {"article_types": ["2"]},
        {"article_groups": "Materiaal"},
        {"payment_condition": "1234"},
        {"vat_scenario": 6.5},
        {"work_description": 2},
        {"sync_at": "24:00"},
        {"sync_at": "7:00"},
        {"simon_at_once": 0},
        {"simon_at_once": 9},
        {"watch_every_minutes": 0},
        {"price": 5},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    """R4.4: nothing is guessed, nothing unknown is passed over."""
    with pytest.raises(ValidationError):
        unit4(**wrong)


@pytest.mark.parametrize("model", [unit4(), PLAIN, SIMON, UNIT4, ROMPSLOMP])
def test_settings_and_access_do_not_change(model: BaseModel) -> None:
    """R4.3: a change is a new version."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(model, next(iter(type(model).model_fields)), "x")


def test_settings_survive_the_store() -> None:
    """R4.3: they are the same as JSON and back."""
    settings = unit4(article_groups=["'s-Gravenhage & zn"], article_types=[4], vat_scenario=6, memo="both")
    assert Unit4Settings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize("access", [SIMON, UNIT4, ROMPSLOMP], ids=lambda access: type(access).__name__)
def test_access_survives_the_store(access: Access) -> None:
    """R5.1: with its secrets in the clear, for the cipher only."""
    assert type(access).model_validate(access.stored()) == access


@pytest.mark.parametrize("access", [SIMON, UNIT4, ROMPSLOMP], ids=lambda access: type(access).__name__)
def test_access_does_not_show_its_secrets(access: Access) -> None:
    """R5.1: not when it is printed, logged or dumped by mistake."""
    shown = f"{access!r} {access} {access.model_dump()} {access.model_dump_json()}"
    secrets = [value.get_secret_value() for _, value in access if isinstance(value, SecretStr)]
    assert any(secrets)
    assert not any(f"'{secret}'" in shown or f'"{secret}"' in shown for secret in secrets if secret)


@pytest.mark.parametrize("name", registry.names())
def test_connector_says_what_it_is(name: str) -> None:
    """R5.1: it has a title for messages; it is a package with streams, or the field service app."""
    connector = registry.system(name)
    assert connector.name == name
    assert connector.title
    assert isinstance(connector, Package) == (name in registry.packages())
    assert isinstance(connector, FieldServiceApp) == (name == registry.FIELD_SERVICE)
    assert not isinstance(connector, Package) or connector.streams


def test_a_package_is_asked_for_as_a_package() -> None:
    """R5.1: the field service app is none."""
    with pytest.raises(KeyError):
        registry.package(registry.FIELD_SERVICE)


def test_unknown_connector() -> None:
    """R4.4: only what has a folder."""
    for name in ("exact", "", "base", "../unit4"):
        with pytest.raises(KeyError):
            registry.system(name)


@pytest.mark.parametrize(
    ("package", "choices", "below_customers"),
    [
        ("unit4", ["customers", "article_groups", "article_types", "articles"], ["addresses"]),
        ("rompslomp", ["customers", "articles"], []),
    ],
)
def test_what_can_be_chosen_to_synchronise(package: str, choices: list[str], below_customers: list[str]) -> None:
    """R1.2, R6.3: addresses come with their customers, so they are no choice of their own."""
    connector = registry.package(package)
    assert connector.choices == choices
    assert [child.name for child in connector.children("customers")] == below_customers

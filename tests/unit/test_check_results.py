"""Results of checks, and which setting has which check: without a package, without a store."""

from typing import Any, cast

import pytest

from include.connectors import registry
from include.connectors.settings import PackageSettings, setting_text
from include.errors import IntegrationError, Misconfigured, Transient
from include.messages import Language
from include.settings.check_result import CheckLevel, CheckResult, worst
from include.settings.checked_setting import CheckedSetting
from include.settings.checks import CHECKS
from include.settings.live_package import LivePackage
from include.settings.versions import differences

LANGUAGES: tuple[Language, ...] = ("nl", "en")


class UnreadPackage:
    """What a check needs to know of a package that nothing is read from."""

    settings = PackageSettings.model_validate({"administration": "1"})


def setting(name: str) -> CheckedSetting:
    return CheckedSetting(name, cast(LivePackage, UnreadPackage()))


def fields(package: str) -> set[str]:
    return set(registry.package(package).settings.model_fields)


def test_every_check_is_of_a_setting() -> None:
    """R4.1: a setting that was renamed would lose its check without a word."""
    assert set(CHECKS) <= set().union(*(fields(package) for package in registry.packages()))


@pytest.mark.parametrize("package", registry.packages())
def test_a_package_offers_what_the_checks_ask(package: str) -> None:
    """R4, table: article codes can be looked up, and every list is of a setting that there is."""
    connector = registry.package(package)
    assert connector.article_query("A'B") != connector.article_query("AB")
    assert set(connector.pick_lists) <= fields(package)


@pytest.mark.parametrize("package", registry.packages())
def test_every_setting_that_names_an_article_is_checked(package: str) -> None:
    """R4, table: also one that a package adds."""
    assert {name for name in fields(package) if name.endswith("_article")} <= set(CHECKS)


def test_level_follows_the_catalogue() -> None:
    """R4.1: what is a warning in the log is a warning in the check."""
    filter_word = setting("filter_word")
    assert filter_word.result("settings.ok").level == CheckLevel.OK
    assert filter_word.result("settings.filter_word_short", word="e").level == CheckLevel.WARNING
    assert filter_word.result("settings.group_unknown", "Zonwering").level == CheckLevel.ERROR


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_result_names_the_setting_in_the_language_of_the_reader(language: Language) -> None:
    """R7.2: whoever reads it; what identifies it is the name of the setting."""
    result = setting("travel_article").result("settings.ok")
    assert result.record == "travel_article"
    assert result.text(language).message.startswith(setting_text(PackageSettings, "travel_article").title(language))


@pytest.mark.parametrize("error", [Transient("connection.unavailable", system="S", reason="r"),
                                   Misconfigured("connection.token_revoked", system="S")])  # fmt: skip
def test_unchecked_is_an_error(error: IntegrationError) -> None:
    """R4.1: it is one however short the trouble, in the words of the trouble."""
    result = setting("filter_word").failed(error)
    assert (result.level, result.code, result.record) == (CheckLevel.ERROR, error.code, "filter_word")
    assert result.text("en").message == error.text("en")
    assert result.text().action == error.action()


def test_worst_of_several() -> None:
    """R4.1: one error among warnings is an error; nothing said is in order."""
    filter_word = setting("filter_word")
    ok, warning = filter_word.result("settings.ok"), filter_word.result("settings.filter_word_short", word="e")
    error = filter_word.result("settings.group_unknown", "Zonwering")
    assert (worst([]), worst([ok])) == (CheckLevel.OK, CheckLevel.OK)
    assert (worst([ok, warning]), worst([warning, error, ok])) == (CheckLevel.WARNING, CheckLevel.ERROR)


def test_a_result_survives_the_store() -> None:
    """R4.1: it is the same as JSON and back."""
    values: dict[str, Any] = {"article": "a{b}", "near": "'é'", "description": ""}
    result = setting("work_article").result("settings.article_near_miss", **values)
    assert CheckResult.restored(result.stored()) == result


def test_differences() -> None:
    """R4.3: what was, what became; a setting that only one of the two has is a difference too."""
    assert differences({"a": 1, "b": [1], "c": ""}, {"a": 1, "b": [2], "d": 0}) == {
        "b": ([1], [2]),
        "c": ("", None),
        "d": (None, 0),
    }

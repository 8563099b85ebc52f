"""Verdicts of checks, and which setting has which check: without a package, without a store."""

import pytest

from include.connectors import registry
from include.errors import Misconfigured, Transient
from include.settings.check_result import CheckResult, check_result, failed_check, worst
from include.settings.checks import _CHECKS
from include.settings.versions import differences


def fields(package: str) -> set[str]:
    return set(registry.package(package).settings.model_fields)


def test_every_check_is_of_a_setting() -> None:
    """R4.1: a setting that was renamed would lose its check without a word."""
    assert set(_CHECKS) <= set().union(*(fields(package) for package in registry.packages()))


@pytest.mark.parametrize("package", registry.packages())
def test_a_package_offers_what_the_checks_ask(package: str) -> None:
    """R4, table: article codes can be looked up, and every list is of a setting that there is."""
    connector = registry.package(package)
    assert connector.article_query("A'B") != connector.article_query("AB")
    assert set(connector.pick_lists) <= fields(package)


@pytest.mark.parametrize("package", registry.packages())
def test_every_setting_that_names_an_article_is_checked(package: str) -> None:
    """R4, table: also one that a package adds."""
    assert {name for name in fields(package) if name.endswith("_article")} <= set(_CHECKS)


def test_level_follows_the_catalogue() -> None:
    """R4.1: what is a warning in the log is a warning in the check."""
    assert check_result("x", "settings.ok", "X").level == "ok"
    assert check_result("x", "settings.filter_word_short", "X", word="e").level == "warning"
    assert check_result("x", "settings.group_unknown", "X").level == "error"


@pytest.mark.parametrize("error", [Transient("connection.unavailable", system="S", reason="r"),
                                   Misconfigured("connection.token_revoked", system="S")])  # fmt: skip
def test_unchecked_is_an_error(error: Transient | Misconfigured) -> None:
    """R4.1: however short the trouble; the words are those of the trouble."""
    found = failed_check("x", error, "X")
    assert (found.level, found.code) == ("error", error.code)
    assert found.text("en").message == error.text("en")
    assert found.text().action == error.action()


def test_worst_of_several() -> None:
    """R4.1: one error among warnings is an error; nothing said is in order."""
    ok, warning = check_result("x", "settings.ok", "X"), check_result("x", "settings.filter_word_short", "X", word="e")
    error = check_result("x", "settings.group_unknown", "X")
    assert (worst([]), worst([ok])) == ("ok", "ok")
    assert (worst([ok, warning]), worst([warning, error, ok])) == ("warning", "error")


def test_a_verdict_survives_the_store() -> None:
    """R4.1: as JSON and back."""
    one = check_result("x", "settings.article_near_miss", "X", article="a{b}", near="'é'", description="")
    assert CheckResult(**one.stored()) == one


def test_differences() -> None:
    """R4.3: what was, what became; a setting that only one of the two has is a difference too."""
    assert differences({"a": 1, "b": [1], "c": ""}, {"a": 1, "b": [2], "d": 0}) == {
        "b": ([1], [2]),
        "c": ("", None),
        "d": (None, 0),
    }

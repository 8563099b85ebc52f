"""Changing settings: a draft, its checks, and saving it (R4.1, R4.3, R4.4, R5.6), on real checks of the sandboxes."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.errors import Conflict, DraftNotSavable, InvalidInput
from include.settings import drafts
from include.settings.check_result import CheckLevel
from include.settings.versions import history
from include.store import tenants as tenants_table
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.setting_drafts import BY, change_draft, check_draft, pass_all_checks, result_in_order, save_draft
from tests.helpers.tenants import CoupledTenant, CoupleTenant

# checking before saving


def test_change_check_save(coupled: CoupledTenant) -> None:
    """R4.1, R4.3: a changed setting counts once it was checked and saved, and not before."""
    assert change_draft(coupled, work_article="REIS").unchecked == list(type(coupled.tenant.settings).model_fields)
    assert coupled.tenant.settings.work_article == "UREN"
    draft = check_draft(coupled)
    assert (draft.unchecked, draft.wrong) == ([], [])
    assert list(draft.results) == list(type(draft.settings).model_fields)
    assert save_draft(coupled) == 2
    assert (coupled.tenant.settings.work_article, coupled.tenant.settings_version) == ("REIS", 2)
    assert drafts.find(coupled.context, coupled.tenant) is None


def test_unchecked_settings_are_not_saved(coupled: CoupledTenant) -> None:
    """R4.1: refused, with the names of all that were not checked."""
    change_draft(coupled, work_article="REIS")
    drafts.check(coupled.context, coupled.tenant, BY, ["work_article"])
    with pytest.raises(DraftNotSavable) as caught:
        save_draft(coupled)
    named = [problem.split(":")[0].removeprefix("settings.") for problem in caught.value.problems]
    assert named == [name for name in type(coupled.tenant.settings).model_fields if name != "work_article"]
    assert coupled.tenant.settings_version == 1


def test_any_change_makes_all_checks_void(coupled: CoupledTenant) -> None:
    """R4.1: also a change back to what was checked."""
    change_draft(coupled, work_article="REIS")
    check_draft(coupled)
    change_draft(coupled, filter_word="garantie")
    assert len(change_draft(coupled, filter_word="").unchecked) == len(type(coupled.tenant.settings).model_fields)
    with pytest.raises(DraftNotSavable, match="not checked since the last change"):
        save_draft(coupled)


def test_a_change_to_the_same_is_none(coupled: CoupledTenant) -> None:
    """R4.1: nothing changed, so the checks hold."""
    change_draft(coupled, work_article="REIS")
    check_draft(coupled)
    assert change_draft(coupled, work_article="REIS").unchecked == []


def test_a_check_is_valid_for_a_day(coupled: CoupledTenant, clock: FakeClock) -> None:
    """R4.5: within the day nothing is asked again; a save after it finds what became wrong, and what is right again."""
    change_draft(coupled, filter_word="garantie")
    check_draft(coupled)
    coupled.accounting.rename_article("UREN", "UREN1")
    clock.advance(hours=23, minutes=59)
    assert save_draft(coupled) == 2
    change_draft(coupled, filter_word="")
    pass_all_checks(coupled)
    clock.advance(hours=24)
    with pytest.raises(DraftNotSavable, match=r"settings\.work_article: .*UREN1") as caught:
        save_draft(coupled)
    assert len(caught.value.problems) == 1
    draft = drafts.find(coupled.context, coupled.tenant)
    assert draft
    assert draft.wrong == ["work_article"]
    coupled.accounting.rename_article("UREN1", "UREN")
    clock.advance(hours=25)
    assert save_draft(coupled) == 3
    assert coupled.tenant.settings.filter_word == ""


def test_only_what_aged_is_checked_again(coupled: CoupledTenant, clock: FakeClock) -> None:
    """R4.5: a check of this morning stands; a draft that lacks a check is refused without asking anything."""
    change_draft(coupled, filter_word="garantie")
    pass_all_checks(coupled)
    clock.advance(hours=30)
    pass_all_checks(coupled, ["work_article"])
    coupled.accounting.rename_article("UREN", "UREN1")
    coupled.accounting.rename_article("REIS", "REIS1")
    with pytest.raises(DraftNotSavable) as caught:
        save_draft(coupled)
    assert [problem.split(":")[0] for problem in caught.value.problems] == ["settings.travel_article"]
    change_draft(coupled, filter_word="spoed")
    pass_all_checks(coupled, ["work_article"])
    clock.advance(hours=30)
    with pytest.raises(DraftNotSavable, match="not checked since the last change"):
        save_draft(coupled)
    draft = drafts.find(coupled.context, coupled.tenant)
    assert draft
    assert draft.wrong == []


def test_errors_are_not_saved_and_warnings_are(couple: CoupleTenant) -> None:
    """R4.1, R4.4: an error is named in words; a warning is for a person to weigh."""
    unit4 = couple("unit4")
    change_draft(unit4, work_article="uren")
    assert check_draft(unit4).wrong == ["work_article"]
    with pytest.raises(DraftNotSavable, match="bedoelt u 'UREN'"):
        save_draft(unit4)
    change_draft(unit4, work_article="GRS-01")
    draft = check_draft(unit4)
    assert [result.level for result in draft.results["work_article"]] == [CheckLevel.WARNING]
    assert save_draft(unit4) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"work_article": "BESTAAT-NIET"}, "settings.article_unknown"),
        ({"article_groups": ["Zwembaden"]}, "settings.group_unknown"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(couple: CoupleTenant, wrong: dict[str, Any], code: str) -> None:
    """R4.4: an unknown article code or group."""
    unit4 = couple("unit4")
    change_draft(unit4, **wrong)
    [name] = wrong
    assert [result.code for result in check_draft(unit4).results[name]] == [code]
    with pytest.raises(DraftNotSavable, match=r"BESTAAT-NIET|Zwembaden"):
        save_draft(unit4)


def test_a_change_during_a_check_is_not_taken_for_checked(coupled: CoupledTenant) -> None:
    """R4.1: results on what was there before are not kept, not even when it is the same again."""
    draft = change_draft(coupled, work_article="REIS")
    change_draft(coupled, work_article="VOORRIJ")
    change_draft(coupled, work_article="REIS")
    with pytest.raises(Conflict, match="while they were being checked"):
        drafts.store_results(coupled.context, coupled.tenant, draft.revision, [result_in_order("work_article")])
    draft = drafts.find(coupled.context, coupled.tenant)
    assert draft is not None
    assert not draft.results


def test_unreachable_package_is_not_passed(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """R4.1: what could not be checked is wrong, though the message itself is only a warning."""
    change_draft(coupled, work_article="REIS")
    path = coupled.accounting.api_path
    sandbox.server.world.faults.add({"kind": "status", "status": 503, "path": path, "count": -1})
    assert {"administration", "work_article"} <= set(check_draft(coupled).wrong)
    with pytest.raises(DraftNotSavable):
        save_draft(coupled)


# wrong input


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"filterword": "x"}, "settings.filterword: unknown; use administration"),
        ({"sync_at": "25:00"}, "settings.sync_at: '25:00' is not allowed"),
        ({"sync_at": "25:00"}, "HH:MM, Dutch time"),
        ({"simon_at_once": 0}, "settings.simon_at_once: 0 is not allowed"),
        ({"filter_word": "a\nb"}, "one line of readable characters"),
        ({"filter_word": "a\x00b"}, "one line of readable characters"),
        ({"administration": ""}, "settings.administration: '' is not allowed"),
    ],
)
def test_wrong_input_names_field_value_and_what_is_allowed(
    coupled: CoupledTenant, changes: dict[str, Any], expected: str
) -> None:
    """R4.4: and nothing of it is kept, what was right beside it neither."""
    with pytest.raises(InvalidInput) as caught:
        change_draft(coupled, travel_article="UREN", **changes)
    assert expected in str(caught.value)
    assert drafts.find(coupled.context, coupled.tenant) is None


def test_an_unknown_setting_cannot_be_checked(coupled: CoupledTenant) -> None:
    """R4.4: named, with those there are."""
    with pytest.raises(InvalidInput, match=r"settings\.colour: unknown; use administration"):
        drafts.check(coupled.context, coupled.tenant, BY, ["work_article", "colour"])


def test_an_active_coupling_stays_with_its_administration(coupled: CoupledTenant) -> None:
    """R5.6: its links and documents are there."""
    with pytest.raises(InvalidInput, match="stays with it"):
        change_draft(coupled, administration="MVL00002")
    assert coupled.tenant.settings_version == 1


# several people


def test_the_last_change_counts(coupled: CoupledTenant) -> None:
    """R4.1: two people work on one draft, and each sees the other's part."""
    change_draft(coupled, by="anna", work_article="REIS", filter_word="garantie")
    draft = change_draft(coupled, by="bert", work_article="VOORRIJ")
    assert (draft.settings.work_article, draft.settings.filter_word) == ("VOORRIJ", "garantie")
    assert draft.changed_by == "bert"


def test_a_save_after_somebody_elses_is_refused(coupled: CoupledTenant) -> None:
    """R4.3: whoever looked at version 1 does not save over version 2 unseen."""
    change_draft(coupled, work_article="REIS")
    pass_all_checks(coupled)
    save_draft(coupled, base=1)
    change_draft(coupled, filter_word="garantie")
    pass_all_checks(coupled)
    with pytest.raises(DraftNotSavable, match="you looked at version 1, but version 2 is the latest"):
        save_draft(coupled, base=1)
    assert save_draft(coupled, base=2) == 3


def test_a_draft_of_an_older_version_is_refused(coupled: CoupledTenant) -> None:
    """R4.3: what was saved beside it is not undone; discarding is the way on."""
    change_draft(coupled, work_article="REIS")
    pass_all_checks(coupled)
    body = coupled.tenant.settings.model_dump(mode="json") | {"filter_word": "garantie"}
    with coupled.context.store.begin() as tx:
        tenants_table.save_settings(tx, coupled.tenant.id, body, "bert")
    for attempt in (lambda: save_draft(coupled), lambda: change_draft(coupled, work_article="UREN")):
        with pytest.raises((Conflict, DraftNotSavable), match="version 2 was saved meanwhile; discard it"):
            attempt()
    assert drafts.discard(coupled.context, coupled.tenant, "anna")
    assert change_draft(coupled, work_article="REIS").settings.filter_word == "garantie"


def test_saves_at_the_same_moment(coupled: CoupledTenant) -> None:
    """R4.3: of ten that press save together, one version comes."""
    change_draft(coupled, work_article="REIS")
    pass_all_checks(coupled)
    start = threading.Barrier(10)

    def press(_: int) -> int | None:
        start.wait()
        try:
            return save_draft(coupled)
        except DraftNotSavable:
            return None

    with ThreadPoolExecutor(10) as people:
        outcomes = list(people.map(press, range(10)))
    assert sorted(outcome for outcome in outcomes if outcome) == [2]
    assert len(history(coupled.context, coupled.tenant)) == 2


# any order of things

_made = itertools.count()  # a tenant of its own for each example
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.sampled_from([("travel_article", c) for c in ("UREN", "REIS", "uren", "")])),
        st.tuples(st.just("set"), st.sampled_from([("filter_word", w) for w in ("garantie", "e", "")])),
        st.tuples(st.just("check"), st.sampled_from([None, ["travel_article"], ["administration", "filter_word"]])),
        st.tuples(st.just("check"), st.none()),
        st.tuples(st.just("save"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_things_saves_what_was_not_checked(
    couple: CoupleTenant, sandbox: Sandbox, steps: list[Any]
) -> None:
    """R4.1: in any sequence of set, check and save, a save succeeds only when all was checked and nothing is wrong."""
    sandbox.server.world.switches.set("rompslomp.rate_limit", 0)
    coupled = couple("rompslomp", slug=f"eigen_{next(_made)}")
    checked: set[str] = set()
    fields = list(type(coupled.tenant.settings).model_fields)
    body, saved = coupled.tenant.settings, coupled.tenant.settings
    for action, how in steps:
        if action == "set":
            after = change_draft(coupled, **{how[0]: how[1]}).settings
            checked, body = (checked if after == body else set()), after
        elif action == "check":
            drafts.check(coupled.context, coupled.tenant, BY, how)
            checked |= set(how or fields)
        else:
            allowed = checked == set(fields) and body.travel_article != "uren" and body != saved
            assert tried(lambda: save_draft(coupled)) == allowed
            if allowed:
                saved, checked = body, set()
            assert coupled.tenant.settings == saved


def tried(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except DraftNotSavable:
        return False
    return True

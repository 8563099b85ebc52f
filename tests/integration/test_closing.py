"""Each code of the catalogue says what closes its problem, and that closes it; nothing else does (R7.5, R7.6)."""

from collections.abc import Callable, Iterable

import pytest

from include.cleanup import proposals
from include.log.problems import resolve_by_hand
from include.log.writer import IntegrationLog
from include.messages import ClosedBy, codes_closed_by, lookup
from include.push.worker import push
from include.settings.nightly import check_tenant
from include.streams import STREAMS
from include.sync.pipeline import sync
from tests.helpers.cleanup_tenants import create_many_in_simon, run_cleanup, with_first_cleanup
from tests.helpers.clock import FakeClock
from tests.helpers.tenants import CoupledTenant, call_simon
from tests.helpers.work_orders import archive_work_order

REPORTED_AGAIN = ("cleanup.first_listing",)  # with a proposal that is open


def report(coupled: CoupledTenant, codes: Iterable[str], record: str = "x", table: str = "", **values: str) -> None:
    log = IntegrationLog(coupled.context.store, coupled.tenant.id, coupled.slug, "earlier")
    for code in codes:
        log.write(code, record, table, **values)


def remaining(coupled: CoupledTenant, codes: Iterable[str]) -> set[str]:
    """Of what these tests reported, or for the clean-up's own proposals."""
    earlier = [problem for problem in coupled.open_problems() if problem.run == "earlier" or "cleanup." in problem.code]
    return {problem.code for problem in earlier} & set(codes)


def synchronise(coupled: CoupledTenant, key: str = "evidence") -> None:
    sync(coupled.context, coupled.tenant, key)


@pytest.fixture
def synced(coupled: CoupledTenant) -> CoupledTenant:
    synchronise(coupled, "one")
    return coupled


def test_every_problem_says_what_closes_it() -> None:
    """R7.6: in both languages, and every kind of evidence closes something."""
    for closed_by in ClosedBy:
        assert codes_closed_by(closed_by), closed_by
        assert closed_by.text("nl") != closed_by.text("en")


def test_a_synchronisation_that_does_not_meet_it(synced: CoupledTenant) -> None:
    """R7.5: of the streams that it was about, in whichever table they are; nothing of the others."""
    codes = codes_closed_by(ClosedBy.SYNC)
    tables = [STREAMS[name].table for name in synced.tenant.package.choices]
    for table in tables:
        report(synced, [code for code in codes if code.startswith("sync.")], table, table)
    report(synced, [code for code in codes if code.startswith("filter.")])
    sync(synced.context, synced.tenant, "customers only", ["customers"])
    assert {problem.table for problem in synced.open_problems() if problem.code.startswith("sync.")} >= set(tables[1:])
    synchronise(synced)
    assert remaining(synced, codes) == set()


def test_the_record_was_written_or_is_gone(synced: CoupledTenant) -> None:
    """R7.5: as long as it was not written again, it stays."""
    codes = codes_closed_by(ClosedBy.WRITING)
    row = synced.simon("Customer")[0]
    report(synced, codes, "x", "customer", key=row["ExternalId"])
    synchronise(synced)
    assert remaining(synced, codes) == set(codes)
    call_simon(synced, "PUT", f"Customer({row['Id']})", {**row, "Name": "Anders"})
    synchronise(synced, "written")
    assert remaining(synced, codes) == set()


@pytest.mark.parametrize("dag", ["sync", "cleanup", "push"])
def test_a_later_run_that_ended_well(synced: CoupledTenant, dag: str, clock: FakeClock) -> None:
    """R7.5: of the same kind where it tells which; a run of another kind does not close it."""
    evidence: dict[str, Callable[[], object]] = {
        "sync": lambda: synchronise(synced),
        "cleanup": lambda: run_cleanup(synced),
        "push": lambda: push(synced.context, synced.tenant, "evidence"),
    }
    report(synced, ["run.failed"], f"{dag}__{synced.slug}.load")
    for other in evidence.keys() - {dag}:
        evidence[other]()
    assert remaining(synced, ["run.failed"]) == {"run.failed"}
    codes = codes_closed_by(ClosedBy.RUN) if dag != "push" else ("run.failed",)
    report(synced, set(codes) - {"run.failed"})
    archive_work_order(synced)
    evidence[dag]() if dag == "push" else sync(synced.context, synced.tenant, "two") if dag == "sync" else run_cleanup(
        synced
    )
    assert remaining(synced, codes) == set()


@pytest.mark.parametrize("dag", ["sync", "cleanup"])
def test_the_other_system_answered(synced: CoupledTenant, dag: str) -> None:
    """R7.5: a run that ended well has spoken with both."""
    codes = codes_closed_by(ClosedBy.ANSWER)
    report(synced, codes, "", "connection", system="Simple-Simon")
    synchronise(synced) if dag == "sync" else run_cleanup(synced)
    assert remaining(synced, codes) == set()


def test_a_clean_up_that_does_not_meet_it(synced: CoupledTenant) -> None:
    """R7.5: whatever kept it from removing something is over."""
    coupled = with_first_cleanup(synced)
    codes = codes_closed_by(ClosedBy.CLEANUP)
    for stream in ("customers", "articles"):
        report(coupled, codes, stream, STREAMS[stream].table)
    synchronise(coupled)
    assert remaining(coupled, codes) == set(codes)
    run_cleanup(coupled)
    assert remaining(coupled, codes) == set()


@pytest.mark.parametrize("decision", ["refused", "approved", "withdrawn"])
def test_the_proposal_was_decided(synced: CoupledTenant, decision: str) -> None:
    """R2.5, R7.5: by a person, or because nothing of it is left to decide; who decided is in the log (R7.8)."""
    coupled = with_first_cleanup(synced)
    made = create_many_in_simon(coupled, 60)
    proposal = run_cleanup(coupled).proposal
    assert proposal is not None
    codes = codes_closed_by(ClosedBy.DECISION)
    assert remaining(coupled, codes) == set(codes)
    run_cleanup(coupled)
    assert [problem.count for problem in coupled.open_problems() if problem.code in codes] == [2, 2]
    if decision == "withdrawn":
        for id in made:
            call_simon(coupled, "DELETE", f"Item({id})")
        run_cleanup(coupled)
    elif decision == "refused":
        proposals.refuse(coupled.context, coupled.tenant, proposal, by="jansen")
    else:
        with coupled.context.store.begin() as tx:
            proposals.approve(coupled.context, tx, coupled.tenant, proposal, by="jansen")
    assert remaining(coupled, codes) == set()
    said = [row.values["by"] for row in coupled.log() if row.code == f"cleanup.{decision}"]
    assert said == ([] if decision == "withdrawn" else ["jansen"])


def test_the_old_record_left_simon(synced: CoupledTenant) -> None:
    """R1.14, R7.5: by the clean-up, or by hand."""
    coupled = with_first_cleanup(synced)
    codes, (by_hand, by_us) = codes_closed_by(ClosedBy.REMOVAL), coupled.simon("Item")[-2:]
    for row in (by_hand, by_us):
        report(coupled, codes, row["Code"], "article", simon_id=str(row["Id"]))
        coupled.accounting.delete_record("articles", row["ExternalId"])
    call_simon(coupled, "DELETE", f"Item({by_hand['Id']})")
    synchronise(coupled)
    assert len([problem for problem in coupled.open_problems() if problem.code in codes]) == 2 * len(codes)
    run_cleanup(coupled)
    assert remaining(coupled, codes) == set()


def test_a_check_that_does_not_find_it(synced: CoupledTenant) -> None:
    """R4.2, R7.5: that of the night closes it."""
    codes = codes_closed_by(ClosedBy.CHECK)
    report(synced, codes, "work_article", "settings")
    synchronise(synced)
    assert remaining(synced, codes) == set(codes)
    check_tenant(synced.context, synced.tenant, "night")
    assert remaining(synced, codes) == set()


def test_the_work_order_was_booked(synced: CoupledTenant) -> None:
    """R3.3, R7.5: whatever kept it is over."""
    codes = codes_closed_by(ClosedBy.WORK_ORDER)
    made = archive_work_order(synced)
    report(synced, codes, made["Number"])
    synchronise(synced)
    assert remaining(synced, codes) == set(codes)
    push(synced.context, synced.tenant, "push")
    assert remaining(synced, codes) == set()


def test_the_row_could_be_read(synced: CoupledTenant) -> None:
    """R3.13, R7.5: once the list shows it as it should."""
    codes = codes_closed_by(ClosedBy.READING)
    made = archive_work_order(synced)
    report(synced, codes, str(made["Id"]))
    push(synced.context, synced.tenant, "push")
    assert remaining(synced, codes) == set()


def test_only_a_person_can_tell(synced: CoupledTenant) -> None:
    """R7.6: no run closes it; a person does."""
    codes = codes_closed_by(ClosedBy.PERSON)
    report(synced, codes)
    synchronise(synced)
    run_cleanup(synced)
    check_tenant(synced.context, synced.tenant, "night")
    archive_work_order(synced)
    push(synced.context, synced.tenant, "push")
    assert remaining(synced, codes) == set(codes)
    for problem in synced.open_problems():
        if problem.code in codes:
            assert problem.closes == lookup(problem.code).closed_by.text("nl")  # type: ignore[union-attr]
            resolve_by_hand(synced.context, synced.tenant, problem.id, "jansen")
    assert remaining(synced, codes) == set()

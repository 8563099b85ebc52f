"""Runs one suite on every connector, against its sandbox."""

from typing import Any

import pytest

from include.access.credentials import StoredCredentials
from include.access.systems import open_app, open_package
from include.connectors.package import PackageConnection, PackageStream
from include.connectors.simple_simon import CONNECTOR
from include.errors import ContractBroken, IntegrationError, Misconfigured, OutcomeUnknown, Transient
from include.records import Document
from include.sync.pipeline import sync
from tests.helpers.clock import FakeClock
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant


@pytest.fixture
def package(coupled: CoupledTenant) -> PackageConnection:
    return open_package(coupled.context, coupled.tenant)


def customers(coupled: CoupledTenant) -> PackageStream:
    return coupled.tenant.package.stream("customers")


def all_rows(package: PackageConnection, stream: PackageStream) -> list[dict[str, Any]]:
    page = package.page(stream, None)
    rows = page.rows
    while page.next is not None:
        page = package.page(stream, page.next)
        rows += page.rows
    return rows


def test_each_row_is_read_once(
    coupled: CoupledTenant, package: PackageConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """House rule: paging skips nothing and repeats nothing, whatever the page size."""
    stream = customers(coupled)
    whole = [row[stream.key] for row in all_rows(package, stream)]
    monkeypatch.setattr(f"include.connectors.{coupled.package}.client.PAGE_SIZE", 3)
    assert [row[stream.key] for row in all_rows(package, stream)] == whole
    assert len(set(whole)) == len(whole) > 6


def test_every_row_becomes_a_record(coupled: CoupledTenant, package: PackageConnection) -> None:
    """House rule: what the API answers fits the mapping; the key of the record is the key of the stream."""
    for stream in coupled.tenant.package.streams:
        for row in all_rows(package, stream):
            assert stream.to_record(row).key == str(row[stream.key])


ERRORS: list[tuple[dict[str, Any], type[IntegrationError], str]] = [
    ({"kind": "status", "status": 403}, Misconfigured, "connection.forbidden"),
    ({"kind": "status", "status": 429, "retry_after": 7}, Transient, "connection.busy"),
    ({"kind": "status", "status": 500}, Transient, "connection.unavailable"),
    ({"kind": "status", "status": 503}, Transient, "connection.unavailable"),
    ({"kind": "drop_before"}, Transient, "connection.unavailable"),
    ({"kind": "html"}, ContractBroken, "connection.unexpected_response"),
    ({"kind": "truncated"}, ContractBroken, "connection.unexpected_response"),
    ({"kind": "empty"}, ContractBroken, "connection.unexpected_response"),
    ({"kind": "status", "status": 404}, Misconfigured, "connection.not_found"),
]


@pytest.mark.parametrize(("fault", "kind", "code"), ERRORS, ids=[str(e[0].get("status", e[0]["kind"])) for e in ERRORS])
def test_a_failing_list_is_the_right_error(
    coupled: CoupledTenant, sandbox: Sandbox, package: PackageConnection, fault: Any, kind: type[Exception], code: str
) -> None:
    """House rule, errors: wait and try again, a person must act, or the contract was broken."""
    sandbox.server.world.faults.add({**fault, "path": f"/{customers(coupled).path}", "count": -1})
    with pytest.raises(kind) as caught:
        package.page(customers(coupled), None)
    assert isinstance(caught.value, IntegrationError)
    assert caught.value.code == code
    assert caught.value.action("nl")


@pytest.mark.parametrize(
    ("fault", "kind", "code"), ERRORS[:-1], ids=[str(e[0].get("status", e[0]["kind"])) for e in ERRORS[:-1]]
)
def test_a_failing_simon_is_the_right_error(
    coupled: CoupledTenant, sandbox: Sandbox, fault: Any, kind: type[Exception], code: str
) -> None:
    """House rule, errors: the field service app raises the same."""
    app = open_app(coupled.context, coupled.tenant)
    sandbox.server.world.faults.add({**fault, "path": "/odata/Customer", "count": -1})
    with pytest.raises(kind) as caught:
        app.find("customers", ["1"])
    assert isinstance(caught.value, IntegrationError)
    assert caught.value.code == code


def test_retry_after_is_obeyed(
    coupled: CoupledTenant, sandbox: Sandbox, package: PackageConnection, clock: FakeClock
) -> None:
    """Contracts, rate limits: exactly as long as was asked, then the page comes."""
    package.page(customers(coupled), None)  # signed in
    fault = {"kind": "status", "status": 429, "retry_after": 7, "path": f"/{customers(coupled).path}", "count": 2}
    sandbox.server.world.faults.add(fault)
    assert package.page(customers(coupled), None).rows
    assert clock.slept_s == [7, 7]


def test_an_expired_token_is_renewed_once(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """Contracts, authentication: sign in again, repeat once, go on."""
    app = open_app(coupled.context, coupled.tenant)
    app.find("customers", ["1"])
    sandbox.server.services["simon"].expire_tokens()
    assert app.find("customers", ["1"]) == {}
    package = open_package(coupled.context, coupled.tenant)
    package.page(customers(coupled), None)
    coupled.accounting.expire_tokens()
    assert package.page(customers(coupled), None).rows


def test_a_wrong_key_is_for_a_person(coupled: CoupledTenant, sandbox: Sandbox) -> None:
    """Simon contract 4: a refused log-in is never repeated, since accounts lock."""
    mark = coupled.control.mark()
    sandbox.server.world.faults.add({"kind": "status", "status": 401, "path": "/login$", "count": -1})
    with pytest.raises(Misconfigured, match=r"connection\.refused"):
        open_app(coupled.context, coupled.tenant).find("customers", ["1"])
    counts = coupled.control.call("GET", f"requests?since={mark}")["counts"]
    assert sum(row["sign_in"] for row in counts) == 1


def document(coupled: CoupledTenant) -> Document:
    """A small one on the first customer that can be used."""
    package = open_package(coupled.context, coupled.tenant)
    streams = coupled.tenant.package
    made: dict[str, Any] = {}
    for name in ("customers", "articles"):
        stream = streams.stream(name)
        assert stream.to_record is not None
        made[name] = [stream.to_record(row) for row in all_rows(package, stream)]
    usable = [customer for customer in made["customers"] if customer.active]
    customer = next((customer for customer in usable if customer.payment_condition), usable[0])
    article = next(a for a in made["articles"] if a.code == "UREN")
    return Document.model_validate(
        {
            "reference": "WB-1-1",
            "work_order_number": "1",
            "date": "2026-11-21",
            "customer": customer,
            "lines": [{"rule": "work_time", "description": "Arbeid", "article": article, "quantity": "1.5"}],
        }
    )


def test_a_document_is_found_by_its_reference(coupled: CoupledTenant, package: PackageConnection) -> None:
    """R3.10, R3.11: nothing before, one after, with the totals that it was answered with."""
    wanted = document(coupled)
    assert list(package.find(wanted.reference, wanted.customer.key)) == []
    sent = package.send(wanted)
    [found_document] = package.find(wanted.reference, wanted.customer.key)
    assert (found_document.id, found_document.total_incl_vat) == (sent.id, sent.total_incl_vat)


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "empty", "truncated"])
def test_a_document_without_answer_is_unknown(
    coupled: CoupledTenant, sandbox: Sandbox, package: PackageConnection, kind: str
) -> None:
    """R3.10: whether it was stored or not, the caller is told that it is not known, and nothing is repeated."""
    wanted = document(coupled)
    mark = coupled.control.mark()
    sandbox.server.world.faults.add(
        {"kind": kind, "method": "POST", "path": coupled.accounting.documents_path, "count": 1}
    )
    with pytest.raises(OutcomeUnknown):
        package.send(wanted)
    assert coupled.control.writes(coupled.control.administration(coupled.package), mark) <= 1
    assert len(package.find(wanted.reference, wanted.customer.key)) == (kind != "drop_before")


def test_the_older_dialect_does_the_same(coupled: CoupledTenant) -> None:
    """Simon contract 2, 6: master data and work orders over the REST generation."""
    kept = StoredCredentials[Any](coupled.context, coupled.tenant.id, CONNECTOR)
    older = kept.read().model_copy(update={"dialect": "rest", "base": coupled.control.access["simon"]["rest"]})
    with coupled.context.store.begin() as tx:
        StoredCredentials(coupled.context, coupled.tenant.id, CONNECTOR).put(tx, older)
    sync(coupled.context, coupled.tenant, "one")
    assert len(coupled.simon("Customer")) == len(coupled.simon("Location")) > 10
    mark = coupled.control.mark()
    sync(coupled.context, coupled.tenant, "two")
    assert coupled.control.writes(coupled.key, mark) == 0
    made = coupled.archive(
        CustomerId=coupled.simon("Customer")[0]["Id"], TimeSheets=[{"TimeType": "Work", "Minutes": 30}]
    )
    app = open_app(coupled.context, coupled.tenant)
    [seen] = app.archived(coupled.tenant.active_since).refs  # type: ignore[arg-type]
    order = app.work_order(seen.id)
    assert order is not None
    assert (order.number, [time.minutes for time in order.times]) == (made["Number"], [30])

"""From remote answers to our errors: ``include.connectors.responses``, and what each client reads in an error body."""

from typing import Any

import orjson
import pytest

from include.connectors import responses
from include.connectors.rompslomp.client import reason as rompslomp
from include.connectors.simple_simon.client import reason as simon
from include.connectors.unit4.client import reason as unit4
from include.errors import (
    ContractBroken,
    IntegrationError,
    Misconfigured,
    OutcomeUnknown,
    RecordConflict,
    RecordRejected,
    Transient,
)
from include.http import Response
from tests.helpers.stub_server import HANG_UP, StubServer
from tests.unit.conftest import RecordedWaits

METHODS = ["GET", "POST", "PUT", "DELETE"]
METHODS_OF_KNOWN = tuple(method for method in METHODS if method != "POST")  # of a record that is there
HTML = b"<html><body><h1>Storing</h1></body></html>"


def answer(status: int, body: bytes = b"", method: str = "GET", **headers: str) -> Response:
    return Response(
        status, {name.replace("_", "-"): text for name, text in headers.items()}, body, f"{method} https://x/y"
    )


def check(response: Response) -> Any:
    creates = response.request_line.startswith("POST")
    return responses.check(response, "Rompslomp", "20260512", lambda a: a.body.decode(), creates=creates)


def error(response: Response) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        check(response)
    return caught.value


# answers that went well


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [200, 201])
def test_success_is_its_json(status: int, method: str) -> None:
    """Contract, wire format: the body as it came."""
    assert check(answer(status, b'{"a": [1, null]}', method)) == {"a": [1, None]}


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("status", [200, 204])
def test_empty_success_of_a_put_or_delete(status: int, method: str) -> None:
    """Contract, status codes: these need not answer anything."""
    assert check(answer(status, b"", method)) is None


@pytest.mark.parametrize("body", [b"", HTML, b'[{"id": 1}, {"i'])
def test_success_that_cannot_be_read(body: bytes) -> None:
    """HTML, half a body or none break the contract for a reader; a POST was carried out, so its answer is lost."""
    read, written = error(answer(200, body)), error(answer(200, body, "POST"))
    assert (type(read), type(written)) == (ContractBroken, OutcomeUnknown)
    assert read.code == written.code == "connection.unexpected_response"
    assert "GET https://x/y" in read.text()


# refusals


@pytest.mark.parametrize("status", [400, 409, 422])
def test_refusal_to_show_something_breaks_the_contract(status: int) -> None:
    """A question has no record that could be refused."""
    assert type(error(answer(status, b"onbekende parameter"))) is ContractBroken


@pytest.mark.parametrize("method", METHODS[1:])
@pytest.mark.parametrize("status", [400, 409, 422])
def test_refusal_is_of_this_record_only(status: int, method: str) -> None:
    """R3.13: named by its key, in the other side's words."""
    raised = error(answer(status, b"datum ontbreekt", method))
    assert type(raised) is (RecordConflict if status == 409 else RecordRejected)
    assert (raised.code, raised.record) == ("sync.record_refused", "20260512")
    assert raised.text() == "Rompslomp weigert 20260512: datum ontbreekt."


@pytest.mark.parametrize(("status", "code"), [(401, "connection.refused"), (403, "connection.forbidden")])
def test_refused_access_is_for_a_person(status: int, code: str) -> None:
    """Contract, authentication: trying again would change nothing."""
    raised = error(answer(status, b"geen recht"))
    assert type(raised) is Misconfigured
    assert raised.code == code
    assert "geen recht" in raised.text()


def test_what_a_new_record_names_is_not_there() -> None:
    """R3.13: a 404 to a POST is about the record that was offered, and not about the address."""
    raised = error(answer(404, b"klant onbekend", "POST"))
    assert type(raised) is RecordRejected
    assert "klant onbekend" in raised.text()


def test_the_words_of_a_failure_are_kept() -> None:
    """R7.2: a 500 that says what is wrong is told in its words."""
    assert "geblokkeerd" in error(answer(500, b"artikel geblokkeerd", "POST")).text()


@pytest.mark.parametrize("method", METHODS_OF_KNOWN)
def test_not_found_is_for_the_caller(method: str) -> None:
    """Contract, status codes: only the caller knows what it looked for."""
    with pytest.raises(LookupError, match=method):
        check(answer(404, b"{}", method))


def test_busy_says_how_long() -> None:
    """Contract, rate limit: ``Retry-After`` goes on to whoever retries."""
    raised = error(answer(429, Retry_After="3600"))
    assert type(raised) is Transient
    assert (raised.code, raised.retry_after_s) == ("connection.busy", 3600)


def test_maintenance_says_how_long() -> None:
    """Contract, status codes: a 503 may carry ``Retry-After`` too."""
    raised = error(answer(503, HTML, Retry_After="1800"))
    assert isinstance(raised, Transient)
    assert raised.retry_after_s == 1800


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(("method", "kind"), [("GET", Transient), ("PUT", Transient), ("POST", OutcomeUnknown)])
def test_trouble_at_the_other_side(status: int, method: str, kind: type[IntegrationError]) -> None:
    """R3.10: a POST may have been carried out before it went wrong; the page of HTML is not repeated."""
    raised = error(answer(status, HTML, method))
    assert type(raised) is kind
    assert raised.code == "connection.unavailable"
    assert "html" not in raised.text()


@pytest.mark.parametrize("status", [304, 402, 405, 406, 415, 418])
def test_any_other_status_breaks_the_contract(status: int) -> None:
    """Contract, status codes: none of these is foreseen."""
    raised = error(answer(status, HTML))
    assert type(raised) is ContractBroken
    assert str(status) in raised.text()


# no answer at all


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_connection_is_worth_another_try(nowhere: str, patience: RecordedWaits, method: str) -> None:
    """R3.10: nothing was sent, so nothing is lost."""
    with pytest.raises(Transient) as caught:
        responses.send(patience.http, "Rompslomp", method, f"{nowhere}?key=geheim")
    assert type(caught.value) is Transient
    assert caught.value.code == "connection.unavailable"
    assert "geheim" not in repr(caught.value) + caught.value.text()


@pytest.mark.parametrize(("method", "kind"), [("GET", Transient), ("PUT", Transient), ("POST", OutcomeUnknown)])
def test_no_answer(stub: StubServer, patience: RecordedWaits, method: str, kind: type[IntegrationError]) -> None:
    """R3.10: only a POST leaves doubt."""
    stub.answer(HANG_UP)
    with pytest.raises(Transient) as caught:
        responses.send(patience.http, "Rompslomp", method, stub.url, creates=method == "POST")
    assert type(caught.value) is kind


# what the error bodies say

NOT_JSON = [(b"Storing", "Storing"), (HTML, HTML.decode()), (b"", ""), (b"\xff\xfeoeps", "\ufffd\ufffdoeps")]


def saying(body: Any) -> Response:
    return answer(400, body if isinstance(body, bytes) else orjson.dumps(body))


@pytest.mark.parametrize("reason", [simon, rompslomp, unit4])
@pytest.mark.parametrize(("body", "expected"), NOT_JSON)
def test_body_that_is_no_json_speaks_for_itself(reason: Any, body: bytes, expected: str) -> None:
    """Contract, errors: a web server in between answers in HTML, or nothing."""
    assert reason(saying(body)) == expected


@pytest.mark.parametrize("reason", [simon, rompslomp, unit4])
@pytest.mark.parametrize(
    "body", [None, [], ["a"], "tekst", 5, {}, {"error": None}, {"messages": 5}, {"error": {"message": ""}}]
)
def test_unknown_shapes_are_survived(reason: Any, body: Any) -> None:
    """Contract, errors: whatever comes, the refusal itself must be reported."""
    assert isinstance(reason(saying(body)), str)


@pytest.mark.parametrize("reason", [simon, rompslomp, unit4])
@pytest.mark.parametrize(
    "body",
    [
        b"x" * 5000,
        {"error": {"message": "x" * 5000}},
        {"Message": "x" * 5000},
        {"messages": [{"message": "x" * 300}] * 9},
        {"onbekend": "x" * 5000},
    ],
)
def test_long_reasons_are_cut(reason: Any, body: Any) -> None:
    """Contract, errors: the first 500 characters are enough to search for."""
    assert len(reason(saying(body))) == 500


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"code": "ValidationError", "message": "Name is required"}}, "Name is required"),
        ({"Message": "Naam ontbreekt"}, "Naam ontbreekt"),
        ({"Message": "Er ging iets mis", "ExceptionMessage": "Deadlock"}, "Er ging iets mis"),
        ({"ExceptionMessage": "Deadlock"}, "Deadlock"),
        ({"type": "about:blank", "title": "Bad Request", "detail": "Naam ontbreekt"}, "Naam ontbreekt"),
        ({"title": "Bad Request", "status": 400}, "Bad Request"),
    ],
)
def test_simon_says(body: Any, expected: str) -> None:
    """Contract 5 and 6: it answers in OData's shape, the older server's, or problem+json."""
    assert simon(saying(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"error": {"type": "client.parameters.validation", "message": "Factuur is invalid: Datum is leeg."}},
            "Factuur is invalid: Datum is leeg.",
        ),
        ({"error": {"type": "client.rate_limit", "message": "Te veel"}}, "Te veel"),
    ],
)
def test_rompslomp_says(body: Any, expected: str) -> None:
    """Contract 6: it answers in one shape in all of the API."""
    assert rompslomp(saying(body)) == expected


def test_rompslomp_says_otherwise_at_the_token_call() -> None:
    """Contract 2: it answers flat there; the whole of it is kept."""
    said = rompslomp(saying({"error": "invalid_grant", "error_description": "De code is verlopen."}))
    assert "invalid_grant" in said
    assert "De code is verlopen." in said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {
                "messages": [
                    {"exceptionId": "x", "message": "Debiteur onbekend", "messageType": "Error", "path": "customerId"}
                ]
            },
            "Debiteur onbekend",
        ),
        ({"messages": [{"message": "Een"}, {"message": "Twee"}]}, "Een; Twee"),
        ({"messages": ["los", {"message": "Een"}]}, "Een"),
        ({"Messages": [{"message": "Een"}]}, "Een"),
        ({"Message": "Geen toegang", "ExceptionMessage": "x", "StackTrace": "at Foo()"}, "Geen toegang"),
        (
            {"message": "Authorization has been denied for this request."},
            "Authorization has been denied for this request.",
        ),
    ],
)
def test_unit4_says(body: Any, expected: str) -> None:
    """Contract 5: a list of messages, or one in either case; never the stack trace."""
    assert unit4(saying(body)) == expected

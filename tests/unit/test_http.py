"""The HTTP client, ``include.http``, against a real server on the loopback address."""

import socket
import time
from email.utils import formatdate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.errors import NoAnswer, NotSent
from include.http import BUSY, PAUSES_S, WAITING_S, Http, Response, TimeBudget
from tests.helpers.stub_server import HANG_UP, StubReply, StubServer, json_reply, stub_server
from tests.unit.conftest import RecordedWaits

PAUSES = list(PAUSES_S)
SECRET = "geheim-4711"


def busy(retry_after: str | None = None, status: int = 429) -> StubReply:
    return StubReply(status, b"", {} if retry_after is None else {"Retry-After": retry_after})


# what goes out and comes back


def test_answer_is_what_came_back(stub: StubServer, patience: RecordedWaits) -> None:
    """Any status is an answer; what it means is for the connector."""
    stub.answer(json_reply({"fout": "ë"}, 418, **{"X-Total": "12"}))
    answer = patience.http.request("GET", f"{stub.url}/a/b", query={"$top": 5, "q": "a&b"}, headers={"Token": "t"})
    assert (answer.status, answer.json(), answer.headers["x-total"]) == (418, {"fout": "ë"}, "12")
    [seen] = stub.seen
    assert (seen.method, seen.path, seen.headers["Token"]) == ("GET", "/a/b?%24top=5&q=a%26b", "t")


def test_json_body(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract, wire format: UTF-8, and says what it is."""
    patience.http.request("POST", stub.url, json={"naam": "Özdemir"})
    [seen] = stub.seen
    assert (seen.headers["Content-Type"], seen.json()) == ("application/json", {"naam": "Özdemir"})


def test_form_body(stub: StubServer, patience: RecordedWaits) -> None:
    """Contract, authentication: secrets with odd characters arrive as they were."""
    patience.http.request("POST", stub.url, form={"refresh_token": "a!b-c_d&e=f"})
    [seen] = stub.seen
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert seen.body == b"refresh_token=a%21b-c_d%26e%3Df"


def test_body_that_is_no_json(stub: StubServer, patience: RecordedWaits) -> None:
    """The connector decides what a page of HTML means."""
    stub.answer(StubReply(200, b"<html>"))
    answer = patience.http.request("GET", stub.url)
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()


def test_body_in_pieces(stub: StubServer, patience: RecordedWaits) -> None:
    """A list of any size passes by without being kept."""
    body = b"0123456789" * 20_000
    stub.answer(StubReply(200, body))
    pieces: list[bytes] = []
    answer = patience.http.request("GET", stub.url, consume=pieces.append)
    assert (answer.status, answer.body, b"".join(pieces)) == (200, b"", body)
    assert len(pieces) > 1


def test_refusal_is_not_passed_on_in_pieces(stub: StubServer, patience: RecordedWaits) -> None:
    """What an error says is kept, to be read."""
    stub.answer(busy(), StubReply(403, b"geen recht"))
    pieces: list[bytes] = []
    answer = patience.http.request("GET", stub.url, consume=pieces.append)
    assert (answer.status, answer.body, pieces) == (403, b"geen recht", [])


def test_body_in_pieces_that_breaks_off_is_not_begun_again(stub: StubServer, patience: RecordedWaits) -> None:
    """The first half was passed on already; a second try would pass it on twice."""
    half = b"half" * 50_000  # more than one piece
    stub.answer(StubReply(200, half, {"Content-Length": str(2 * len(half))}), StubReply(200, half * 2))
    pieces: list[bytes] = []
    with pytest.raises(NoAnswer):
        patience.http.request("GET", stub.url, consume=pieces.append)
    assert stub.methods == ["GET"]


# waiting for a busy server


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_too_many_requests_waits_as_long_as_asked(stub: StubServer, patience: RecordedWaits, method: str) -> None:
    """A 429 was not carried out, so any method is repeated, after ``Retry-After``."""
    stub.answer(busy("7"), busy("3"), StubReply(200))
    assert patience.http.request(method, stub.url).status == 200
    assert patience.waited == [7, 3]
    assert stub.methods == [method] * 3


def test_without_retry_after_the_pauses_grow(stub: StubServer, patience: RecordedWaits) -> None:
    """Short waits, then it is for Airflow to retry."""
    stub.answer(busy())
    assert patience.http.request("GET", stub.url).status == 429
    assert patience.waited == PAUSES
    assert len(stub.seen) == len(PAUSES) + 1


def test_waits_stay_within_a_minute(stub: StubServer, patience: RecordedWaits) -> None:
    """It waits a minute in all; what would go over it is not waited for."""
    stub.answer(busy("25"))
    answer = patience.http.request("GET", stub.url)
    assert patience.waited == [25, 25]
    assert (answer.status, answer.retry_after_s) == (429, 25)


def test_long_wait_is_not_begun(stub: StubServer, patience: RecordedWaits) -> None:
    """An hour's pause goes up at once, with its length."""
    stub.answer(busy("3600"))
    assert patience.http.request("GET", stub.url).retry_after_s == 3600
    assert (patience.waited, len(stub.seen)) == ([], 1)


def test_retry_after_as_a_date(stub: StubServer, patience: RecordedWaits) -> None:
    """RFC 9110, 10.2.3: the other form of the header is read as seconds until then."""
    stub.answer(busy(formatdate(time.time() + 30, usegmt=True)), StubReply(200))
    assert patience.http.request("GET", stub.url).status == 200
    [waited] = patience.waited
    assert 25 < waited <= 30


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(BUSY), st.none() | st.integers(0, 90)), min_size=1, max_size=6))
def test_any_series_of_busy_answers_ends_in_time(stub: StubServer, answers: list[tuple[int, int | None]]) -> None:
    """At most five requests and a minute, whatever the server says."""
    stub.seen.clear()
    stub.answer(*(busy(None if wait is None else str(wait), status) for status, wait in answers))
    patience = RecordedWaits()
    assert patience.http.request("GET", stub.url).status in BUSY
    assert sum(patience.waited) <= WAITING_S
    assert len(stub.seen) == len(patience.waited) + 1 <= len(PAUSES) + 1
    patience.http.session.close()


@pytest.mark.parametrize(
    ("header", "expected"),
    [("0", 0), ("120", 120), ("", None), ("straks", None), ("-5", None), ("Sat, 01 Jan 2000 00:00:00 GMT", 0)],
)
def test_retry_after_is_read_or_left(header: str, expected: float | None) -> None:
    """RFC 9110, 10.2.3: seconds, a date, or nothing to go by; a date that has passed is now."""
    assert Response(429, {"Retry-After": header}, b"", "GET x").retry_after_s == expected
    assert Response(429, {}, b"", "GET x").retry_after_s is None


def test_odd_digits_in_retry_after_are_nothing_to_go_by() -> None:
    """RFC 9110, 10.2.3: a header may hold any Latin-1 character."""
    assert Response(429, {"Retry-After": "²"}, b"", "GET x").retry_after_s is None


# what is repeated, and what never


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_is_tried_again(stub: StubServer, patience: RecordedWaits, method: str, status: int) -> None:
    """Doing these twice comes to the same."""
    stub.answer(busy(status=status), StubReply(200))
    assert patience.http.request(method, stub.url).status == 200
    assert patience.waited == [1]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_post_is_not_repeated_after_trouble(stub: StubServer, patience: RecordedWaits, status: int) -> None:
    """R3.10: it may have been carried out."""
    stub.answer(busy("1", status), StubReply(200))
    assert patience.http.request("POST", stub.url).status == status
    assert (patience.waited, stub.methods) == ([], ["POST"])


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_any_other_answer_is_final(stub: StubServer, patience: RecordedWaits, method: str, status: int) -> None:
    """Nothing else is retried here."""
    stub.answer(StubReply(status, b""))
    assert patience.http.request(method, stub.url).status == status
    assert (patience.waited, stub.methods) == ([], [method])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refused_connection_was_not_sent(nowhere: str, patience: RecordedWaits, method: str) -> None:
    """R3.10: nothing arrived, so even a POST is tried again, and it is known that nothing was done."""
    with pytest.raises(NotSent):
        patience.http.request(method, nowhere, json={})
    assert patience.waited == PAUSES


def test_lost_answer_to_a_post_is_not_tried_again(stub: StubServer, patience: RecordedWaits) -> None:
    """R3.10: the request was read, then the connection closed."""
    stub.answer(HANG_UP, StubReply(200))
    with pytest.raises(NoAnswer):
        patience.http.request("POST", stub.url, json={"a": 1})
    assert (patience.waited, stub.methods) == ([], ["POST"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_lost_answer_to_anything_else_is_tried_again(stub: StubServer, patience: RecordedWaits, method: str) -> None:
    """Doing these twice comes to the same."""
    stub.answer(HANG_UP, HANG_UP, StubReply(200))
    assert patience.http.request(method, stub.url).status == 200
    assert patience.waited == [1, 2]


def test_answer_that_never_comes(stub: StubServer, patience: RecordedWaits) -> None:
    """In the end it is said, after the pauses."""
    stub.answer(HANG_UP)
    with pytest.raises(NoAnswer):
        patience.http.request("GET", stub.url)
    assert patience.waited == PAUSES


def test_answer_that_breaks_off(stub: StubServer, patience: RecordedWaits) -> None:
    """Half a body is no answer; a POST may have been carried out."""
    stub.answer(StubReply(200, b'{"orderId":', {"Content-Length": "500"}))
    with pytest.raises(NoAnswer):
        patience.http.request("POST", stub.url, json={})
    assert stub.methods == ["POST"]


def test_answer_that_takes_too_long(patience: RecordedWaits) -> None:
    """After our time-out a POST is not sent again."""
    patience.http.timeout_s = 0.05
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NoAnswer):
        patience.http.request("POST", f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert patience.waited == []


def test_name_that_does_not_resolve_was_not_sent(patience: RecordedWaits, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3.10: without an address nothing can have arrived."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent):
        patience.http.request("POST", "http://pakket.invalid/", json={})


def test_failed_handshake_was_not_sent(stub: StubServer, patience: RecordedWaits) -> None:
    """R3.10: the request goes out after TLS stands, and here it never does."""
    with pytest.raises(NotSent):
        patience.http.request("POST", stub.url.replace("http:", "https:"), json={})


# what must not leak


@pytest.mark.parametrize("reply", [HANG_UP, None])
def test_exceptions_hold_no_secret(
    stub: StubServer, nowhere: str, patience: RecordedWaits, reply: StubReply | None
) -> None:
    """Method and address, never the query, a header or the body."""
    url = nowhere
    if reply:
        stub.answer(reply)
        url = stub.url
    with pytest.raises((NoAnswer, NotSent)) as caught:
        patience.http.request(
            "POST", f"{url}/login?k={SECRET}", query={"p": SECRET}, headers={"Token": SECRET}, form={"Pwd": SECRET}
        )
    assert SECRET not in repr(caught.value)
    assert caught.value.__suppress_context__
    assert str(caught.value).startswith(f"POST {url}/login: ")


def test_answer_holds_no_query(stub: StubServer, patience: RecordedWaits) -> None:
    """It stands in messages, so it is method and address only."""
    answer = patience.http.request("GET", f"{stub.url}/a?k={SECRET}", query={"p": SECRET})
    assert answer.request_line == f"GET {stub.url}/a"


@pytest.mark.parametrize("status", [302, 307])
def test_redirect_does_not_carry_secrets_elsewhere(stub: StubServer, patience: RecordedWaits, status: int) -> None:
    """Tokens and log-ins are for the server that they belong to, whatever it answers."""
    with stub_server() as other:
        stub.answer(StubReply(status, b"", {"Location": f"{other.url}/elders"}))
        patience.http.request("POST", stub.url, headers={"Token": SECRET}, json={"Pwd": SECRET})
        assert SECRET not in repr(other.seen)


# time


def test_a_budget_ends_whatever_belongs_to_it(stub: StubServer) -> None:
    """R3.13: with seconds left a request gets just those; with none it does not begin."""
    now = [0.0]
    http = Http(budget=TimeBudget(lambda: now[0]), waiting_s=0.0)
    http.budget.allow(5)
    stub.answer(json_reply({}))
    assert http.request("GET", stub.url).status == 200
    now[0] = 6.0
    with pytest.raises(NotSent, match="too little time"):
        http.request("GET", stub.url)
    assert len(stub.seen) == 1


def test_what_cannot_be_repeated_has_its_whole_time(stub: StubServer) -> None:
    """R3.10: cut short, nobody would know what became of it; so it does not begin."""
    http = Http(timeout_s=60.0)
    http.budget.allow(59)
    with pytest.raises(NotSent, match="too little time"):
        http.request("POST", stub.url, json={})
    assert stub.seen == []

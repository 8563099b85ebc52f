"""Turns a response of a remote system into one of our errors: the part that is the same for every system."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from include.errors import (
    AddressRefused,
    ContractBroken,
    IntegrationError,
    Misconfigured,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    RecordConflict,
    RecordMissing,
    RecordRejected,
    Transient,
    UnusableAnswer,
)
from include.http import Http, Response
from include.records import Raw

T = TypeVar("T")
# what a response, or a row of it, of another shape raises in the code that takes it apart
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
REFUSED = (400, 404, 409, 422)
LONGEST_REASON = 300
LONGEST_WAIT_S = 3600.0  # whatever is asked: a number that is a mistake must not stop a tenant for days


def send(http: Http, system: str, method: str, url: str, *, creates: bool = False, **request: Any) -> Response:
    """Send one request and return the response.

    Raises Transient when there is no connection; OutcomeUnknown for a request that creates something and got no answer.
    """
    try:
        return http.request(method, url, **request)
    except AddressRefused as error:
        raise Misconfigured("connection.address_refused", system=system, address=str(error)) from None
    except NotSent as error:
        raise Transient("connection.unavailable", system=system, reason=str(error)) from None
    except UnusableAnswer as error:
        raise unexpected(system, method, str(error), creates) from None
    except NoAnswer as error:
        kind = OutcomeUnknown if creates else Transient
        raise kind("connection.unavailable", system=system, reason=str(error)) from None


def check(
    response: Response, system: str, record: str, reason: Callable[[Response], str], *, creates: bool = False
) -> Any:
    """Return the JSON of a response; None for an empty one to a DELETE or PUT.

    ``record`` is what the request is about. Raises the error that the status stands for; RecordMissing for a 404, but
    RecordRejected when that is the answer to what ``creates`` something: then the record names what is not there.
    """
    if 200 <= response.status < 300:
        return _json(response, system, creates)
    if response.status == 404 and not creates:
        raise RecordMissing(response.request_line)
    words = reason(response).strip().rstrip(". ") or f"status {response.status}"
    raise _error(response, system, record, words, creates=creates)


def _json(response: Response, system: str, creates: bool) -> Any:
    if not response.body and response.request_line.startswith(("DELETE", "PUT")):
        return None
    try:
        return response.json()
    except ValueError:
        reason = "no JSON" if response.body else "empty body"
        raise unexpected(system, response.request_line, reason, creates) from None


def _error(response: Response, system: str, record: str, reason: str, *, creates: bool) -> IntegrationError:
    if response.status in REFUSED and not response.request_line.startswith("GET"):
        refused = RecordConflict if response.status == 409 else RecordRejected
        return refused("sync.record_refused", record, system=system, reason=reason)
    if response.status == 401:
        return Misconfigured("connection.refused", system=system, reason=reason)
    if response.status == 403:
        return Misconfigured("connection.forbidden", system=system, reason=reason)
    if response.status == 429 or response.status >= 500:
        return _transient(response, system, reason, creates)
    return unexpected(
        system, response.request_line, f"status {response.status}: {reason}"[:LONGEST_REASON], creates=False
    )


def _transient(response: Response, system: str, words: str, creates: bool) -> Transient:
    # a 429 was not carried out; of a 5xx nobody knows
    kind = OutcomeUnknown if creates and response.status != 429 else Transient
    code = "connection.busy" if response.status == 429 else "connection.unavailable"
    told = words if words and not words.startswith(("<", "status ")) else ""  # a page tells nobody anything
    error = kind(code, system=system, reason=f"status {response.status}: {told}"[:LONGEST_REASON].rstrip(": "))
    wait_s = response.retry_after_s
    error.retry_after_s = None if wait_s is None else min(wait_s, LONGEST_WAIT_S)
    return error


def rows_of(value: Any) -> list[Raw]:
    """Return the rows of a list; one that is no object is an empty row, so that it is reported as one.

    Raises TypeError for what is no list.
    """
    if not isinstance(value, list):
        raise TypeError("no list")
    return [dict(row) if isinstance(row, dict) else {} for row in value]


def readable(read: Callable[[Raw], T], rows: Iterable[Raw]) -> Iterator[T]:
    """Yield what is made of those rows that can be read: one that cannot is missed where it is needed."""
    for row in rows:
        with suppress(*UNREADABLE):
            yield read(row)


def unexpected(system: str, request_line: str, reason: str, creates: bool) -> IntegrationError:
    """Return the error of a response that makes no sense; what ``creates`` something may have been carried out."""
    kind = OutcomeUnknown if creates else ContractBroken
    return kind("connection.unexpected_response", system=system, request=request_line, reason=reason)


@contextmanager
def expect_shape(system: str, request_line: str, *, creates: bool = False) -> Iterator[None]:
    """Guard code that takes a response apart: one of another shape is an error of the other side, not of ours."""
    try:
        yield
    except RecordMissing as error:
        raise Misconfigured("connection.not_found", system=system, path=str(error)) from None
    except UNREADABLE as error:
        raise unexpected(system, request_line, f"{type(error).__name__} {error}"[:200], creates) from None

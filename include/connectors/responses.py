"""From a remote answer to one of our errors: the part that is the same for every system."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from include.errors import (
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
)
from include.http import Http, Response

REFUSED = (400, 409, 422)
LONGEST_WAIT_S = 3600.0  # whatever is asked: a number that is a mistake must not stop a tenant for days


def send(http: Http, system: str, method: str, url: str, *, creates: bool = False, **content: Any) -> Response:
    """The answer of one request.

    Raises Transient when there is no connection; OutcomeUnknown for a request that creates something and got no answer.
    """
    try:
        return http.request(method, url, **content)
    except NotSent as error:
        raise Transient("connection.unavailable", system=system, reason=str(error)) from None
    except NoAnswer as error:
        kind = OutcomeUnknown if creates else Transient
        raise kind("connection.unavailable", system=system, reason=str(error)) from None


def check(
    answer: Response, system: str, record: str, reason: Callable[[Response], str], *, creates: bool = False
) -> Any:
    """The answer's JSON; None for an empty answer to a DELETE or PUT.

    ``record`` is what the request is about. Raises the error that the status stands for; RecordMissing for a 404.
    """
    if 200 <= answer.status < 300:
        return _json(answer, system, creates)
    if answer.status == 404:
        raise RecordMissing(answer.request_line)
    raise _error(answer, system, record, reason(answer).rstrip(". "), creates)


def _json(answer: Response, system: str, creates: bool) -> Any:
    if not answer.body and answer.request_line.startswith(("DELETE", "PUT")):
        return None
    try:
        return answer.json()
    except ValueError:
        reason = "no JSON" if answer.body else "empty body"
        raise unexpected(system, answer.request_line, reason, creates) from None


def _error(answer: Response, system: str, record: str, reason: str, creates: bool) -> IntegrationError:
    if answer.status in REFUSED and not answer.request_line.startswith("GET"):
        refused = RecordConflict if answer.status == 409 else RecordRejected
        return refused("sync.record_refused", record, system=system, reason=reason)
    if answer.status == 401:
        return Misconfigured("connection.refused", system=system, reason=reason)
    if answer.status == 403:
        return Misconfigured("connection.forbidden", system=system, reason=reason)
    if answer.status == 429 or answer.status >= 500:
        # a 429 was not carried out; of a 5xx nobody knows
        kind = OutcomeUnknown if creates and answer.status != 429 else Transient
        code = "connection.busy" if answer.status == 429 else "connection.unavailable"
        waits = kind(code, system=system, reason=f"status {answer.status}")
        waits.retry_after_s = None if answer.retry_after_s is None else min(answer.retry_after_s, LONGEST_WAIT_S)
        return waits
    return unexpected(system, answer.request_line, f"status {answer.status}: {reason}"[:300], creates=False)


def unexpected(system: str, request_line: str, reason: str, creates: bool) -> IntegrationError:
    """An answer that makes no sense; after a request that creates something, it may have been carried out."""
    kind = OutcomeUnknown if creates else ContractBroken
    return kind("connection.unexpected_response", system=system, request=request_line, reason=reason)


@contextmanager
def expect_shape(system: str, request_line: str, *, creates: bool = False) -> Iterator[None]:
    """Around code that takes an answer apart: one of another shape is an error of the other side, not of ours."""
    try:
        yield
    except RecordMissing as error:
        raise Misconfigured("connection.not_found", system=system, path=str(error)) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise unexpected(system, request_line, f"{type(error).__name__} {error}"[:200], creates) from None

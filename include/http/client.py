"""Sends requests to one system and gives their answers back, within bounds of time and size."""

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
import requests
from requests.exceptions import ConnectTimeout, RequestException
from requests.exceptions import SSLError as TlsFailure
from urllib3.exceptions import HTTPError, NewConnectionError

from include.errors import AddressRefused, NoAnswer, NotSent, UnusableAnswer
from include.http.body import Consume, TakenBody
from include.http.connections import BoundedAdapter
from include.http.masking import mask, secrets_of

WAITING_S = 60.0  # all short waits of one request together; what lasts longer is Airflow's to retry
PAUSES_S = (1.0, 2.0, 4.0, 8.0)
BUSY = (429, 500, 502, 503, 504)
CONNECT_S = 10.0
REPEATABLE = ("GET", "PUT", "DELETE", "HEAD")
# what only a handshake fails on; any other trouble of TLS may come after the request
HANDSHAKE = ("CERTIFICATE", "HOSTNAME", "WRONG_VERSION", "HANDSHAKE", "UNSUPPORTED_PROTOCOL", "ALERT", "RECORD_LAYER")
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True)
class Response:
    """Holds what came back. ``request_line`` is method and path, for messages; it never holds a query or a secret."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_line: str

    def json(self) -> Any:
        """Parse the body as JSON. Raises ValueError, also for what is nested so deeply that nobody means it.

        A byte-order mark is skipped. Half of a pair of code points, as a cut-off emoji leaves, is read as U+FFFD, and
        NaN and the infinities as text, so that they spoil no more than the value that they are in.
        """
        try:
            parsed = orjson.loads(self.body)
            orjson.dumps(parsed)  # which refuses what is nested more than 254 deep, as the code after this would
        except orjson.JSONDecodeError:
            return self._read_kindly()
        except TypeError:
            raise ValueError("nested too deeply") from None
        return parsed

    def _read_kindly(self) -> Any:
        try:
            parsed = json.loads(self.body.decode("utf-8-sig"), parse_float=_number, parse_constant=str)
            return orjson.loads(_HALF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", json.dumps(parsed, ensure_ascii=False)))
        except RecursionError:
            raise ValueError("nested too deeply") from None

    @property
    def answered_at(self) -> datetime | None:
        """When the other side answered, by its own clock; None when it does not say."""
        try:
            return parsedate_to_datetime(self.headers.get("Date", "")).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None

    @property
    def retry_after_s(self) -> float | None:
        """Seconds the other side asked to wait, from ``Retry-After`` in either of its forms."""
        header = self.headers.get("Retry-After", "")
        if header.isascii() and header.isdigit():
            return float(header)
        try:
            return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
        except (ValueError, TypeError):
            return None


def _number(text: str) -> float | str:
    return number if math.isfinite(number := float(text)) else text


@dataclass
class TimeBudget:
    """Says how many seconds are left for what is under way, whatever the number of requests; no end unless set."""

    monotonic: Callable[[], float] = time.monotonic
    ends_at: float = math.inf

    def allow(self, seconds: float) -> None:
        """Begin something that may take so long."""
        self.ends_at = self.monotonic() + seconds

    @property
    def left_s(self) -> float:
        """Seconds that are left, below 0 when they are over."""
        return self.ends_at - self.monotonic()


@dataclass
class Http:
    """Sends requests to one system, in one session. Waiting is injected, so that tests do not wait.

    ``timeout_s`` is for one try, from the first byte sent to the last one received. All that belongs to a ``budget``
    ends when that is used up; a request that is not repeatable only begins while there is time for all of it.
    With ``allowed``, only public addresses are reached, with TLS, and these hosts; without it any.
    """

    timeout_s: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    waiting_s: float = WAITING_S
    allowed: frozenset[str] | None = None
    session: requests.Session = field(init=False)
    budget: TimeBudget = field(default_factory=TimeBudget)
    _environments: dict[str, dict[str, Any]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, BoundedAdapter(self.allowed))

    def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        consume: Consume | None = None,
        logs_in: bool = False,
    ) -> Response:
        """Return the response, whatever its status, after short waits for a busy server.

        What was secret in the request is masked in the answer; of one that ``logs_in``, which may bring the same token
        again, only when it is a refusal.

        ``consume`` is called with the body of a 200 in pieces, which is not kept then; once begun that is not repeated.

        A GET, PUT or DELETE is repeated when the server is busy or unreachable, a POST only when it surely was not
        carried out (429, no connection). Raises NotSent or NoAnswer.
        """
        body = orjson.dumps(json) if json is not None else form
        content_type = {"Content-Type": "application/json"} if json is not None else {}
        parts: dict[str, Any] = {"params": query, "data": body}
        parts["headers"] = {**self.session.headers, **content_type, **(headers or {})}
        self._check_address(url)
        outcome = self._patiently(method, url, parts, consume)
        if not isinstance(outcome, Response):
            raise outcome
        if logs_in and outcome.status < 300:
            return outcome
        fields = form or (json if logs_in else {})
        return replace(outcome, body=mask(outcome.body, secrets_of(parts["headers"], fields)))

    def _check_address(self, url: str) -> None:
        """Raise AddressRefused for an address that is not followed: none, without TLS, or with a user or ".." in it."""
        if self.allowed is None:
            return
        try:
            parts = urlsplit(url)
            plain = parts.username is None and "\\" not in url and url.isprintable()
            plain = plain and not {".", ".."} & {*unquote(parts.path).split("/")}  # which would ask for another thing
        except ValueError:
            plain = False
        if not plain or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in self.allowed)):
            raise AddressRefused(url.split("?")[0])

    def _patiently(
        self, method: str, url: str, parts: Mapping[str, Any], consume: Consume | None
    ) -> Response | NotSent | NoAnswer:
        """Return how it ended, after short waits and as many tries as there is time for."""
        left_s = self.waiting_s
        needed_s = 0.0 if method in REPEATABLE else self.timeout_s  # cut short, nobody would know what became of it
        if self.budget.left_s <= 0 or self.budget.left_s < needed_s:
            return NotSent(f"{method} {url.split('?')[0]}: too little time left")
        for pause_s in (*PAUSES_S, None):
            outcome = self._outcome(method, url, parts, consume)
            wait_s = _wait_s(method, outcome, pause_s)
            if wait_s is None or wait_s > left_s or wait_s + needed_s >= self.budget.left_s:
                break
            self.sleep(wait_s)
            left_s -= wait_s
        return outcome

    def _outcome(
        self, method: str, url: str, parts: Mapping[str, Any], consume: Consume | None
    ) -> Response | NotSent | NoAnswer:
        try:
            return self._once(method, url, parts, consume)
        except (NotSent, NoAnswer) as error:
            return error

    def _once(self, method: str, url: str, parts: Mapping[str, Any], consume: Consume | None) -> Response:
        request_line = f"{method} {url.split('?')[0]}"
        taken = TakenBody(consume)
        timeout_s = max(0.1, min(self.timeout_s, self.budget.left_s))
        try:
            # below the session: it would follow redirects, which carries tokens to another host and makes a GET of a
            # POST; it takes a log-in from ~/.netrc over ours; and its own work is half of what a request costs us
            request = requests.PreparedRequest()
            request.prepare(method, url, **parts)
            environment = self._environment(url)
            adapter = self.session.get_adapter(url)
            times = (min(CONNECT_S, timeout_s), timeout_s)
            reply = adapter.send(request, timeout=times, stream=True, **environment)
            taken.take(reply)
            return Response(reply.status_code, reply.headers, taken.body, request_line)
        except ConnectTimeout:
            raise NotSent(f"{request_line}: no connection in time") from None
        except AddressRefused:
            raise
        except UnusableAnswer as error:
            raise UnusableAnswer(f"{request_line}: {error}") from None
        except (RequestException, HTTPError, OSError) as error:
            if isinstance(error, RequestException) and _before_sending(error):
                raise NotSent(f"{request_line}: no connection") from None
            lost = NoAnswer(f"{request_line}: {type(error).__name__}")
            lost.begun = taken.begun
            raise lost from None

    def _environment(self, url: str) -> dict[str, Any]:
        """Return the proxies and certificates that the environment sets for a host, looked up once."""
        host = url[: url.find("/", len("https://"))]
        if host not in self._environments:
            merged = requests.Session().merge_environment_settings(url, {}, None, None, None)
            self._environments[host] = {name: merged[name] for name in ("proxies", "verify", "cert")}
        return self._environments[host]


def _before_sending(error: RequestException) -> bool:
    """Tell whether it failed while connecting: requests hides that, but keeps what urllib3 reported."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, TlsFailure):
        return any(word in str(error).upper() for word in HANDSHAKE)
    return isinstance(reason, NewConnectionError)


def _wait_s(method: str, outcome: Response | NotSent | NoAnswer, pause_s: float | None) -> float | None:
    """Return how many seconds to wait before the same request again; None when it should not be repeated."""
    if isinstance(outcome, Response):
        carried_out = outcome.status != 429 and (method not in REPEATABLE or outcome.status not in BUSY)
        if carried_out or pause_s is None:
            return None
        return pause_s if outcome.retry_after_s is None else outcome.retry_after_s
    if isinstance(outcome, UnusableAnswer | AddressRefused):
        return None
    if isinstance(outcome, NoAnswer) and (outcome.begun or method not in REPEATABLE):
        return None
    return pause_s

"""Known secrets of every kind go in, everything is exercised, and everything that was written is searched for them."""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

import pytest
import structlog
import typer.core
import typer.main
from cryptography.fernet import Fernet, MultiFernet
from typer.testing import CliRunner

from cli.app import COMMANDS, app, load
from include.access.connect import connect_typed, disconnect
from include.access.keys import rotate
from include.access.oauth_flow import finish_consent, start_consent
from include.context import Context
from include.errors import IntegrationError, InvalidInput
from include.installation import Installation
from include.push.worker import push
from include.store.tables import metadata
from include.sync.pipeline import sync
from include.watcher.polling import Watcher
from sandbox.unit4.oauth import CLIENT_SECRET
from tests.helpers.encryption import KEY
from tests.helpers.packages import package_kind
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupledTenant
from tests.helpers.vendor_login import decide_consent

pytestmark = pytest.mark.registered_with_vendors

OLDER = Fernet.generate_key().decode()
BACK = "http://127.0.0.1:8765/koppel/callback"
KINDS = ("right", "pwd", "api_key", "access_token", "refresh_token", "code", "secret")
TYPED = {name: f"canary-{name}-4711" for name in KINDS}


@pytest.fixture
def context(context: Context, sandbox: Sandbox) -> Context:
    """Has an older key too; with each renewal the refresh token is another."""
    sandbox.server.world.switches.set("unit4.refresh_tokens", "rotate")
    return replace(context, cipher=MultiFernet([Fernet(KEY), Fernet(OLDER)]))


@dataclass
class Written:
    """All that was written anywhere, and the secrets that came by."""

    texts: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=lambda: {KEY, OLDER, *TYPED.values()})

    def add(self, where: str, text: str) -> None:
        self.texts[where] = self.texts.get(where, "") + text

    @contextmanager
    def refused(self, where: str) -> Iterator[None]:
        """What was raised, as it would be printed, logged and shown."""
        with pytest.raises((IntegrationError, InvalidInput)) as caught:
            yield
        error = caught.value
        self.add(where, "".join(traceback.format_exception(error)) + repr(error))
        if isinstance(error, IntegrationError):
            self.add(where, error.text() + error.action() + error.text("en") + repr(error.values))

    def leaks(self) -> list[str]:
        """Return where a secret is, with its first characters."""
        ways = [(s, way) for s in self.secrets for way in (s, s.encode().hex(), json.dumps(s)[1:-1])]
        return sorted({f"{where}: {s[:8]}…" for s, way in ways for where, text in self.texts.items() if way in text})


def handed_out(sandbox: Sandbox) -> set[str]:
    """Every token, code and key that the sandboxes know at this moment."""
    services: dict[str, Any] = sandbox.server.services
    rompslomp, unit4, sign_in = services["rompslomp"].state, services["unit4"].oauth, services["simon"].sign_in
    secrets = {rompslomp.client_secret, CLIENT_SECRET, package_kind("unit4").login_fields["portal_password"]}
    for tokens in (rompslomp.tokens, rompslomp.refresh_tokens, rompslomp.codes, sign_in.tokens):
        secrets |= set(tokens)
    for tokens in (unit4._access, unit4._refresh, unit4._codes):
        secrets |= set(tokens)
    for account in sign_in.accounts.values():
        secrets |= {account.key, account.api_key}
    return secrets


def come_and_go(coupled: CoupledTenant, written: Written, sandbox: Sandbox) -> None:
    """Connect, synchronise, push, renew; and each of them refused."""
    context, tenant, package = coupled.context, coupled.tenant, coupled.package
    back = decide_consent(start_consent(context, tenant, package, BACK).address, package)
    written.secrets |= {back["code"], *handed_out(sandbox)}
    written.add("result", repr(finish_consent(context, back["state"], code=back["code"], by="anna")))
    simon = coupled.control.new_simon("Een ander kantoor") | {"pwd": TYPED["right"]}
    coupled.key = simon["key"]
    service: Any = sandbox.server.services["simon"]
    service.sign_in.accounts[coupled.key].passwords[simon["usr"]] = TYPED["right"]
    written.add("result", repr(connect_typed(context, tenant, "simple_simon", simon, by="anna")))
    sync(context, tenant, "sync")
    for _ in range(2):
        coupled.control.call("POST", "expire-tokens")
        customer = coupled.simon("Customer")[0]["Id"]
        coupled.archive(CustomerId=customer, Description="Cv-ketel nazien")
        assert push(context, tenant, "push") == {"confirmed": 1}
        written.secrets |= handed_out(sandbox)
    with written.refused("refused code"):
        finish_consent(context, start_consent(context, tenant, package, BACK).state, code=TYPED["code"], by="anna")
    with written.refused("refused password"):
        connect_typed(context, tenant, "simple_simon", simon | {"pwd": TYPED["pwd"]}, by="anna")
    with written.refused("refused key"):
        connect_typed(context, tenant, "simple_simon", simon | {"api_key": TYPED["api_key"]}, by="anna")
    with written.refused("refused fields"):
        connect_typed(
            context, tenant, "simple_simon", {"pwd": {"x": TYPED["pwd"]}, "api_key": [TYPED["api_key"]]}, by="anna"
        )
    with written.refused("refused token"):
        connect_typed(
            context, tenant, package, {name: TYPED[name] for name in ("access_token", "refresh_token")}, by="anna"
        )
    with written.refused("refused personal token"):
        connect_typed(context, tenant, package, {"access_token": TYPED["access_token"]}, by="anna")


def echo_all(coupled: CoupledTenant, written: Written, status: int) -> None:
    """Have every request repeated in an error: of the log-ins, of lists, of single records, and of what is written."""
    context, tenant = coupled.context, coupled.tenant
    customer = coupled.simon("Customer")[0]["Id"]
    coupled.archive(CustomerId=customer, Description="Cv-ketel nazien")
    for path in ("(?i)(/oauth/token|login)", "(?i)/(odata|unit4|rompslomp)/(?!.*(oauth|login))"):
        coupled.control.call("POST", "expire-tokens")
        fault = {"kind": "echo", "status": status, "path": path, "count": -1}
        coupled.control.call("POST", "faults", [fault])
        for work in (sync, push):
            try:
                written.add("echo", repr(work(context, tenant, f"echo {status} {path}")))
            except IntegrationError as error:
                written.add("echo", "".join(traceback.format_exception(error)) + error.text() + repr(error.values))
        Watcher(context).poll("archived", tenant.slug)
        coupled.control.call("DELETE", "faults")


def die(coupled: CoupledTenant, written: Written, sandbox: Sandbox) -> None:
    """A wrong client secret, an answer that makes no sense, a dead token."""
    context, tenant = coupled.context, coupled.tenant
    wrong = {n: TYPED["secret"] if n.endswith("SECRET") else value for n, value in context.registered.items()}
    written.add("result", repr(replace(context, registered=wrong)))
    coupled.control.call("POST", "expire-tokens")
    with written.refused("wrong client"):
        sync(replace(context, registered=wrong), tenant, "wrong client")
    for status in (400, 401, 403, 404, 409, 422, 429, 500, 503):
        echo_all(coupled, written, status)
    for kind in ("truncated", "html", "drop_after"):
        coupled.control.call("POST", "faults", [{"kind": kind, "path": "(?i)/(oauth/token|login)", "count": 2}])
        with written.refused(kind):
            sync(context, tenant, kind)
    written.secrets |= handed_out(sandbox)
    coupled.accounting.revoke_consent()
    with written.refused("dead"):
        sync(context, tenant, "dead")
    rotate(context)


def commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command under this one that takes a tenant."""
    if isinstance(command, typer.core.TyperGroup):
        for word, inner in command.commands.items():
            yield from commands(inner, (*words, word))
    elif any(parameter.name == "slug" for parameter in command.params):
        yield words, command


def invoke(arguments: list[str], typed: str = "") -> str:
    """Return what a command prints, and the trace of what it did not foresee."""
    try:
        result = CliRunner().invoke(app, arguments, input=typed)
    finally:
        structlog.reset_defaults()  # the command had its lines written to an output that is closed now
    return result.output + ("".join(traceback.format_exception(*result.exc_info)) if result.exc_info else "")


def run_commands(coupled: CoupledTenant, written: Written) -> None:
    """Run all of them, as a table and as JSON; one that wants more than the tenant says so."""
    for words, command in chain.from_iterable(commands(load(word), (word,)) for word in COMMANDS):
        options = {option for parameter in command.params for option in parameter.opts}
        ways = [[], ["--json"]] if "--json" in options else [[]]
        if "--paste" in options:  # otherwise it waits for a browser
            ways = [[*way, "--paste"] for way in ways]
        for more in ways:
            written.add(" ".join(words), invoke([*words, coupled.slug, *more]))
    access = {"pwd": TYPED["pwd"], "api_key": TYPED["api_key"], "key": "1", "usr": "u", "base": "http://127.0.0.1:1"}
    for text in (json.dumps(access), json.dumps(access)[:-1], json.dumps([access])):
        written.add("connect typed", invoke(["access", "connect", coupled.slug, "simple_simon", "--file", "-"], text))
        file = coupled.context.state / "tenants.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f'{{"tenants": {{"new": {{"package": "unit4", "simon_access": {text}}}}}}}')
        written.add("apply", invoke(["apply", str(file)]))


def test_no_secret_is_written_anywhere(
    coupled: CoupledTenant,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Architecture 7: tables, log lines of ours and of libraries, exceptions, the command line, the sandboxes' log."""
    caplog.set_level(logging.DEBUG)
    written = Written(secrets={KEY, OLDER, *TYPED.values(), *handed_out(sandbox)})
    own = {"KOPPEL_STORE_URL": coupled.context.store.url, "KOPPEL_KEYS": f"{KEY},{OLDER}", **coupled.context.registered}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    come_and_go(coupled, written, sandbox)
    run_commands(coupled, written)
    die(coupled, written, sandbox)
    run_commands(coupled, written)
    written.add("result", repr(Installation.from_environment()) + repr(Context.from_environment()))
    written.secrets |= handed_out(sandbox)
    written.add("tables", stored_rows(coupled.context))
    disconnect(coupled.context, coupled.tenant)
    written.add("tables afterwards", stored_rows(coupled.context))
    out, err = capfd.readouterr()
    written.add("output", out + err)
    # the test's own control calls have the licence in their address
    written.add("libraries", "\n".join(line for line in caplog.text.splitlines() if "/_sandbox/" not in line))
    written.add("sandboxes", sandbox_log(coupled))
    assert len(written.secrets) > 20
    for where in (
        "tables",
        "output",
        "libraries",
        "sandboxes",
        "dead",
        "log list",
        "tenants status",
        "apply",
        "wrong client",
        "echo",
    ):
        assert len(written.texts[where]) > 20, where
    assert written.leaks() == []


def stored_rows(context: Context) -> str:
    """Return every row of every table."""
    with context.store.begin() as tx:
        tables = [tx.exec_driver_sql(f'SELECT t::text FROM "{name}" t').scalars().all() for name in metadata.tables]
    return "\n".join(row for rows in tables for row in rows)


def sandbox_log(coupled: CoupledTenant) -> str:
    """A licence is the name of an account there, and is left out."""
    lines = coupled.control.call("GET", "requests")["log"]
    return json.dumps([{name: value for name, value in line.items() if name != "account"} for line in lines])


def canaries_are_found() -> Written:
    written = Written()
    written.add("hex", TYPED["pwd"].encode().hex())
    written.add("plain", f"x{KEY}x")
    written.add("json", json.dumps(TYPED["code"]))
    return written


def test_the_search_finds_what_is_there() -> None:
    """A search that finds nothing proves nothing."""
    places = {line.split(":")[0] for line in canaries_are_found().leaks()}
    assert places == {"hex", "plain", "json"}


def test_a_trace_of_the_command_line_shows_no_values() -> None:
    """Architecture 7: what nobody foresaw is printed with its place in the code, not with the values of variables."""
    assert app.pretty_exceptions_enable is False
    assert app.pretty_exceptions_show_locals is False

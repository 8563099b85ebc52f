"""The API itself: from a request to its answer (contract 1, 3, 4, 6).

The order of refusals is that of contract 13: 401, 403, 404, 400, 422. Everything after the body was read happens
without a pause, so a request is done as a whole or not at all.
"""

import copy
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sandbox.rompslomp import attachments, companies
from sandbox.rompslomp.authentication import admit
from sandbox.rompslomp.call import Caller, RompslompCall
from sandbox.rompslomp.contacts import Contacts
from sandbox.rompslomp.errors import RompslompError, access_denied, no_such_endpoint, not_found
from sandbox.rompslomp.expenses import Expenses
from sandbox.rompslomp.invoices import SalesInvoices
from sandbox.rompslomp.journal import JournalEntries
from sandbox.rompslomp.listing import Paging, rows_for
from sandbox.rompslomp.lookups import Accounts, Templates, VatTypes
from sandbox.rompslomp.payments import Payments
from sandbox.rompslomp.pdf import document_pdf
from sandbox.rompslomp.products import Products
from sandbox.rompslomp.quotations import Quotations
from sandbox.rompslomp.registers import Hours, Rides
from sandbox.rompslomp.request_body import RequestBody
from sandbox.rompslomp.resource import ListQuery, Readable, Writable
from sandbox.rompslomp.rows import RompslompDocument, take_over
from sandbox.rompslomp.state import Company, RompslompState
from sandbox.world import World

RESOURCES: dict[str, Readable[Any]] = {
    resource.plural: resource
    for resource in (
        Contacts(),
        Products(),
        SalesInvoices(),
        Quotations(),
        Payments(),
        VatTypes(),
        Accounts(),
        Templates(),
        Hours(),
        Expenses(),
        JournalEntries(),
        Rides(),
    )
}
_JSON = "application/json; charset=utf-8"


def answer(world: World, state: RompslompState, request: Request, *, parts: list[str], body: bytes) -> Response:
    """Answer a request for a path below ``/api/v1``. Raises RompslompError."""
    exchange = _Exchange(world, state, request, parts=parts, body=body)
    match exchange.method, parts:
        case "GET", ["me"]:
            return exchange.me()
        case (("GET" | "POST"), ["companies"]):
            return exchange.all_companies()
        case (("GET" | "DELETE"), ["companies", company_id]):
            return exchange.one_company(company_id)
        case _, ["companies", company_id, plural, *rest] if plural in RESOURCES:
            return exchange.in_company(company_id, RESOURCES[plural], rest)
    raise no_such_endpoint()


def reply(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, _JSON)


def status_of(world: World, error: RompslompError) -> int:
    """Return the status of an error (contract 6); the assumed ones are switches."""
    kind = error.kind
    if kind.startswith("client.authorization"):
        return int(world.switches["rompslomp.authorization_status"])
    if kind.startswith("client.not_found"):
        return 404
    if kind.startswith("client.authentication"):
        return 401
    if kind == "client.rate_limit":
        return 429
    return 422 if kind == "client.parameters.validation" else int(world.switches["rompslomp.parameters_status"])


class _Exchange:
    """One request on its way through; admitted when made."""

    def __init__(self, world: World, state: RompslompState, request: Request, *, parts: list[str], body: bytes) -> None:
        self.method = "GET" if request.method == "HEAD" else request.method
        self.fault = getattr(request.scope.get("koppel.fault"), "kind", "")
        if parts[:1] == ["companies"] and len(parts) > 1 and _number(parts[1]) in state.companies:
            request.scope["koppel.account"] = parts[1]
        self.caller: Caller = admit(world, state, request)
        self.body = RequestBody(request, body, self.caller.switch("read_only_keys") == "ignore")
        self.query: ListQuery = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)

    def me(self) -> Response:
        companies.need(self.caller, "read:me")
        return reply({"me": companies.render_me(self.caller)})

    def all_companies(self) -> Response:
        state, user = self.caller.state, self.caller.token.user
        if self.method == "GET":
            companies.need(self.caller, "public")
            return self._page("companies", state.companies_of(user), companies.render_company)
        companies.need(self.caller, "manage:companies")
        payload = self.body.read("company", companies.COMPANY_SHAPE)
        return reply({"company": companies.render_company(companies.create(self.caller, payload))}, 201)

    def one_company(self, company_id: str) -> Response:
        if self.method == "GET" and not self.caller.switch("show_company"):
            raise no_such_endpoint()
        call = self._call(company_id, "public" if self.method == "GET" else "manage:companies")
        if self.method == "GET":
            return reply({"company": companies.render_company(call.company)})
        companies.delete(self.caller, call.company)
        return Response(status_code=204)

    def in_company(self, company_id: str, resource: Readable[Any], rest: list[str]) -> Response:
        self._known_endpoint(resource, rest)
        of_file = len(rest) > 1 and resource.plural == "sales_invoices"
        scope = str(self.caller.switch("documents_scope")) if of_file else resource.needs(self.caller)
        call = self._call(company_id, scope)
        if not rest:
            return self._list(call, resource) if self.method == "GET" else self._create(call, _writable(resource))
        row = resource.table(call).get(_number(rest[0]))
        if row is None:
            raise not_found(resource.model)
        if not resource.sees(call, row):
            raise self._hidden(resource.model)
        if len(rest) > 1:
            return self._file(call, resource, row, rest[1:])
        match self.method:
            case "GET":
                return reply({resource.singular: resource.render(call, row)})
            case "PATCH":
                return self._update(call, _writable(resource), row)
        return self._delete(call, _writable(resource), row)

    def _known_endpoint(self, resource: Readable[Any], rest: list[str]) -> None:
        """Check that there is such a call (contract 8); undocumented ones only exist while their switch is on."""
        writable, switch = isinstance(resource, Writable), self.caller.switch
        match self.method, resource.plural, rest[1:]:
            case (("GET" | "POST"), _, []) if not rest:
                known = writable or self.method == "GET"
            case (("GET" | "PATCH" | "DELETE"), _, []) if rest:
                known = writable or self.method == "GET"
            case "GET", "quotations", ["pdf"]:
                known = bool(switch("quotation_pdf"))
            case "GET", "sales_invoices", ["attachments"]:
                known = bool(switch("attachment_list"))
            case "POST", "expenses", ["attachments"]:
                known = bool(switch("expense_attachments"))
            case ("GET", "sales_invoices", ["pdf"]) | ("POST", "sales_invoices", ["attachments"]):
                known = True
            case (("GET" | "DELETE"), "sales_invoices", ["attachments", _]):
                known = True
            case _:
                known = False
        if not known:
            raise no_such_endpoint()

    def _call(self, company_id: str, scope: str) -> RompslompCall:
        """Check the token's scopes, whether the user sees the company, its plan and its own scopes (contract 3)."""
        companies.need(self.caller, scope)
        company = self._visible(company_id)
        call = RompslompCall(self.caller.world, self.caller.state, self.caller.token, company)
        call.need_access()
        call.need(scope)
        return call

    def _visible(self, company_id: str) -> Company:
        company = self.caller.state.companies.get(_number(company_id) or 0)
        if company is not None and self.caller.token.user in company.users:
            return company
        if self.caller.switch("hidden_company") == 403:
            raise access_denied("Deze onderneming is niet toegankelijk.")
        raise not_found("Onderneming")

    def _hidden(self, model: str) -> RompslompError:
        if self.caller.switch("hidden_record") == 403:
            return access_denied(f"Je hebt geen rechten op deze {model.lower()}.")
        return not_found(model)

    def _list(self, call: RompslompCall, resource: Readable[Any]) -> Response:
        rows = rows_for(call, resource, self.query)
        if resource.narrowed and not call.company.visibility.whole:
            rows = [row for row in rows if resource.sees(call, row)]
        return self._page(resource.plural, rows, lambda row: resource.render(call, row), resource.oldest_first)

    def _page(
        self, plural: str, rows: list[Any], render: Callable[[Any], dict[str, Any]], oldest_first: bool = False
    ) -> Response:
        paging = Paging.read(self.caller, self.query)
        in_order = oldest_first or self.caller.switch("order") == "oldest_first"
        cut = [] if self.fault == "lost_page" else paging.cut(self.caller, rows, in_order)
        headers = paging.headers(len(rows) + (self.fault == "moving_total"))
        return reply({plural: [render(row) for row in cut]}, headers=headers)

    def _create(self, call: RompslompCall, resource: Writable[Any]) -> Response:
        payload = self.body.read(resource.singular, resource.shape, check=lambda raw: resource.check_keys(call, raw))
        draft = resource.blank(call)
        resource.refuse_if(resource.fill(call, draft, payload))
        draft.id = call.new_id()
        resource.keep(call, draft, payload)
        table = resource.table(call)
        if call.switch("search_lag_s"):
            table.born[draft.id] = call.world.clock.now()
        table.add(draft)
        return reply({resource.singular: resource.render(call, draft)}, 201)

    def _update(self, call: RompslompCall, resource: Writable[Any], row: Any) -> Response:
        payload = self.body.read(
            resource.singular, resource.shape, updating=True, check=lambda raw: resource.check_keys(call, raw)
        )
        draft = copy.copy(row)
        resource.refuse_if(resource.fill(call, draft, payload))
        resource.keep(call, draft, payload)
        take_over(row, draft)
        resource.table(call).touch()
        return reply({resource.singular: resource.render(call, row)})

    def _delete(self, call: RompslompCall, resource: Writable[Any], row: Any) -> Response:
        resource.forget(call, row)
        resource.table(call).remove(row)
        return Response(status_code=204)

    def _file(
        self, call: RompslompCall, resource: Readable[Any], document: RompslompDocument, rest: list[str]
    ) -> Response:
        """Answer a request for a PDF or an attachment (contract 9.5)."""
        if rest == ["pdf"]:
            if document.status == "concept":
                return reply({"message": f"{resource.model} is nog niet gepubliceerd"})
            return Response(document_pdf(call, resource.model, document), media_type="application/pdf")
        if len(rest) == 2:
            attachment = attachments.find(document, _number(rest[1]))
            if self.method == "GET":
                return attachments.download(attachment)
            document.attachments.remove(attachment)
            return Response(status_code=204)
        if self.method == "GET":
            return self._page(
                "attachment_objects",
                document.attachments,
                lambda attachment: attachments.render_attachment(call.company, document, attachment),
            )
        payload = self.body.read("attachment_object", attachments.ATTACHMENT_SHAPE)
        return reply({"attachment_object": attachments.upload(call, document, payload)})


def _writable(resource: Readable[Any]) -> Writable[Any]:
    if isinstance(resource, Writable):
        return resource
    raise no_such_endpoint()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

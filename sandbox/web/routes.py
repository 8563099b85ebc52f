"""The addresses of the pages. What people do here counts as control calls, not as traffic of a service."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from sandbox.web import rendering, work_order_form
from sandbox.web.views import (
    AccountView,
    ActionRefused,
    DocumentView,
    DocumentViewer,
    WorkOrderDesk,
    WorkOrderRequest,
    WorkOrderView,
)
from sandbox.world import Service

PAGE_SIZE = 20
ARCHIVED = "Archived"


class _PageRoute(APIRoute):
    """Answers a page for what is not there, which desks and document viewers tell by KeyError."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except KeyError:
                return rendering.page("missing.html", 404)

        return handler


@dataclass(frozen=True)
class _Arrival:
    """A document that carries a work order's number and id, and where it is."""

    package: str
    title: str
    account: AccountView
    document: DocumentView


@dataclass(frozen=True)
class FormProblems:
    """Why a form is shown again, and what was in it."""

    status: int
    texts: Sequence[str]
    form: Mapping[str, str]


class PeoplePages:
    """The pages over all services; desks and viewers are fetched for each request, as a reset replaces them."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    @property
    def desks(self) -> dict[str, WorkOrderDesk]:
        return {name: service.desk for name, service in self._services.items() if service.desk}

    @property
    def viewers(self) -> dict[str, DocumentViewer]:
        return {name: service.document_viewer for name, service in self._services.items() if service.document_viewer}

    def index(self, root: str) -> Response:
        access = {name: service.access(root) for name, service in self._services.items()}
        return rendering.page("index.html", access=access, desks=self.desks, viewers=self.viewers, root=root)

    def desk(self, name: str, key: str, query: Mapping[str, str], problems: FormProblems | None = None) -> Response:
        """Show a licence's work orders, and the form that makes one; after problems with what was filled in."""
        desk, number = self.desks[name], _page_number(query)
        orders, total = desk.work_orders(key, (number - 1) * PAGE_SIZE, number * PAGE_SIZE)
        values = {
            "account": _account(desk.accounts(), key),
            "places": desk.places(key, query.get("place", "")),
            "articles": desk.articles(key, query.get("article", "")),
            "query": {"place": query.get("place", ""), "article": query.get("article", "")},
            "orders": orders,
            "paging": _paging(number, total),
        }
        problems = problems or FormProblems(200, [], {"travel": "15", "work": "120"})
        return rendering.page(
            "desk.html", problems.status, desk=desk, name=name, problems=problems, rows=work_order_form.ROWS, **values
        )

    def make(self, name: str, key: str, body: bytes, query: Mapping[str, str]) -> Response:
        form = work_order_form.read(body)
        try:
            request = work_order_form.work_order_request(form)
            id = self.desks[name].make(key, request)
            if form.get("until") == ARCHIVED:
                _bring_to_archive(self.desks[name], key, id, request)
        except work_order_form.InvalidForm as invalid:
            return self.desk(name, key, query, FormProblems(422, invalid.problems, form))
        except ActionRefused as refused:
            return self.desk(name, key, query, FormProblems(409, [_refusal(refused)], form))
        return _redirect_to_order(name, key, id)

    def order(self, name: str, key: str, id: int, problems: FormProblems | None = None) -> Response:
        desk = self.desks[name]
        order = desk.work_order(key, id)
        account, arrivals = _account(desk.accounts(), key), self._arrivals(order)
        minutes = {"travel": str(order.travel_minutes), "work": str(order.work_minutes)}
        problems = problems or FormProblems(200, [], minutes)
        values = {"account": account, "order": order, "arrivals": arrivals, "problems": problems}
        return rendering.page("order.html", problems.status, desk=desk, name=name, **values)

    def arrival(self, name: str, key: str, id: int) -> Response:
        """Show the part of a work order's page that is fetched again and again."""
        order = self.desks[name].work_order(key, id)
        return rendering.page("arrival.html", order=order, arrivals=self._arrivals(order))

    def act(self, name: str, key: str, id: int, *, action: str, body: bytes) -> Response:
        """Carry out what a button below a work order stands for."""
        desk, form = self.desks[name], work_order_form.read(body)
        desk.work_order(key, id)
        try:
            match action:
                case "ready":
                    desk.report_ready(key, id, work_order_form.minutes(form))
                case _:
                    buttons = {"plan": desk.plan, "archive": desk.archive, "unarchive": desk.unarchive}
                    buttons[action](key, id)
        except work_order_form.InvalidForm as invalid:
            return self.order(name, key, id, FormProblems(422, invalid.problems, form))
        except ActionRefused as refused:
            filled = {"travel": "0", "work": "0", **form}
            return self.order(name, key, id, FormProblems(409, [_refusal(refused)], filled))
        return _redirect_to_order(name, key, id)

    def documents(self, name: str, key: str, query: Mapping[str, str]) -> Response:
        viewer, number = self.viewers[name], _page_number(query)
        values: dict[str, Any] = {
            "account": _account(viewer.accounts(), key),
            "documents": viewer.documents(key, (number - 1) * PAGE_SIZE, number * PAGE_SIZE),
            "paging": _paging(number, viewer.count(key)),
        }
        return rendering.page("documents.html", viewer=viewer, name=name, **values)

    def document(self, name: str, key: str, id: str) -> Response:
        viewer = self.viewers[name]
        document, account = viewer.document(key, id), _account(viewer.accounts(), key)
        return rendering.page("document.html", viewer=viewer, name=name, account=account, document=document)

    def _arrivals(self, order: WorkOrderView) -> list[_Arrival]:
        return [
            _Arrival(name, viewer.title, account, viewer.document(account.key, id))
            for name, viewer in self.viewers.items()
            for account in viewer.accounts()
            for id, reference in viewer.references(account.key)
            if order.words <= set(re.split(r"[^A-Za-z0-9]+", reference))
        ]


def router(services: Mapping[str, Service]) -> APIRouter:
    """Return all addresses; coroutines without a pause, so that they take turns with the requests to the services."""
    routes, people = APIRouter(route_class=_PageRoute), PeoplePages(services)

    @routes.get("/")
    async def index(request: Request) -> Response:
        return people.index(str(request.base_url).rstrip("/"))

    @routes.get("/people/files/{name}")
    async def file(name: str) -> Response:
        return rendering.file(name)

    @routes.get("/people/{name}/{key}")
    async def account(request: Request, name: str, key: str) -> Response:
        shown = people.desk if name in people.desks else people.documents
        return shown(name, key, request.query_params)

    @routes.get("/people/{name}/{key}/documents/{id}")
    async def document(name: str, key: str, id: str) -> Response:
        return people.document(name, key, id)

    @routes.post("/people/{name}/{key}/work-orders")
    async def make(request: Request, name: str, key: str) -> Response:
        return people.make(name, key, await request.body(), request.query_params)

    @routes.get("/people/{name}/{key}/work-orders/{id}")
    async def order(name: str, key: str, id: int) -> Response:
        return people.order(name, key, id)

    @routes.get("/people/{name}/{key}/work-orders/{id}/arrival")
    async def arrival(name: str, key: str, id: int) -> Response:
        return people.arrival(name, key, id)

    @routes.post("/people/{name}/{key}/work-orders/{id}/{action}")
    async def act(request: Request, name: str, key: str, *, id: int, action: str) -> Response:
        return people.act(name, key, id, action=action, body=await request.body())

    return routes


def _bring_to_archive(desk: WorkOrderDesk, key: str, id: int, request: WorkOrderRequest) -> None:
    desk.plan(key, id)
    desk.report_ready(key, id, (request.travel_minutes, request.work_minutes))
    desk.archive(key, id)


def _refusal(refused: ActionRefused) -> str:
    return f"Simple-Simon weigert dit: {refused}"


def _redirect_to_order(name: str, key: str, id: int) -> Response:
    """Redirect to the work order; a reload there does nothing twice."""
    return RedirectResponse(f"/people/{quote(name)}/{quote(key)}/work-orders/{id}", 303)


def _account(accounts: Sequence[AccountView], key: str) -> AccountView:
    return {account.key: account for account in accounts}[key]


def _page_number(query: Mapping[str, str]) -> int:
    text = query.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _paging(number: int, total: int) -> dict[str, int]:
    """Return the page number, the last page and the total."""
    return {"number": number, "last": max(-(-total // PAGE_SIZE), 1), "total": total}

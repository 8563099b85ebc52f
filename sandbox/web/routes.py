"""The addresses of the pages. What people do here counts as control calls, not as traffic of a service."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from sandbox.web import forms, pages
from sandbox.web.views import Account, Binder, CannotDo, Desk, Paper, Wish, WorkOrder
from sandbox.world import Service

PAGE_SIZE = 20
ARCHIVED = "Archived"


class _Route(APIRoute):
    """Answers a page for what is not there, which desks and binders tell by KeyError."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except KeyError:
                return pages.page("missing.html", 404)

        return handler


@dataclass(frozen=True)
class _Arrived:
    """A document that carries a work order's number and id, and where it is."""

    package: str
    title: str
    account: Account
    paper: Paper


class People:
    """The pages over all services; desks and binders are asked for anew, as a reset replaces them."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    @property
    def desks(self) -> dict[str, Desk]:
        return {name: service.desk for name, service in self._services.items() if service.desk}

    @property
    def binders(self) -> dict[str, Binder]:
        return {name: service.binder for name, service in self._services.items() if service.binder}

    def index(self, root: str) -> Response:
        access = {name: service.access(root) for name, service in self._services.items()}
        return pages.page("index.html", access=access, desks=self.desks, binders=self.binders, root=root)

    def desk(self, name: str, key: str, query: Mapping[str, str], problems: "Problems | None" = None) -> Response:
        """A licence's work orders, and the form that makes one; after problems with what was filled in."""
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
        problems = problems or Problems(200, [], {"travel": "15", "work": "120"})
        return pages.page(
            "desk.html", problems.status, desk=desk, name=name, problems=problems, rows=forms.ROWS, **values
        )

    def make(self, name: str, key: str, body: bytes, query: Mapping[str, str]) -> Response:
        form = forms.read(body)
        try:
            wish = forms.wish(form)
            id = self.desks[name].make(key, wish)
            if form.get("until") == ARCHIVED:
                _bring_to_archive(self.desks[name], key, id, wish)
        except forms.WrongForm as wrong:
            return self.desk(name, key, query, Problems(422, wrong.problems, form))
        except CannotDo as refused:
            return self.desk(name, key, query, Problems(409, [f"Simple-Simon weigert dit: {refused}"], form))
        return _see(name, key, id)

    def order(self, name: str, key: str, id: int, problems: "Problems | None" = None) -> Response:
        desk = self.desks[name]
        order = desk.work_order(key, id)
        account, arrived = _account(desk.accounts(), key), self._arrived(order)
        problems = problems or Problems(200, [], {"travel": str(order.travel_minutes), "work": str(order.work_minutes)})
        values = {"account": account, "order": order, "arrived": arrived, "problems": problems}
        return pages.page("order.html", problems.status, desk=desk, name=name, **values)

    def arrival(self, name: str, key: str, id: int) -> Response:
        """The part of the page that is looked at again and again."""
        order = self.desks[name].work_order(key, id)
        return pages.page("arrival.html", order=order, arrived=self._arrived(order))

    def act(self, name: str, key: str, id: int, action: str, body: bytes) -> Response:
        """One of the buttons below a work order."""
        desk, form = self.desks[name], forms.read(body)
        desk.work_order(key, id)
        try:
            match action:
                case "ready":
                    desk.report_ready(key, id, forms.minutes(form))
                case _:
                    buttons = {"plan": desk.plan, "archive": desk.archive, "unarchive": desk.unarchive}
                    buttons[action](key, id)
        except forms.WrongForm as wrong:
            return self.order(name, key, id, Problems(422, wrong.problems, form))
        except CannotDo as refused:
            filled = {"travel": "0", "work": "0", **form}
            return self.order(name, key, id, Problems(409, [f"Simple-Simon weigert dit: {refused}"], filled))
        return _see(name, key, id)

    def papers(self, name: str, key: str, query: Mapping[str, str]) -> Response:
        binder, number = self.binders[name], _page_number(query)
        found = binder.papers(key, (number - 1) * PAGE_SIZE, number * PAGE_SIZE)
        paging, account = _paging(number, binder.count(key)), _account(binder.accounts(), key)
        return pages.page("papers.html", binder=binder, name=name, account=account, papers=found, paging=paging)

    def paper(self, name: str, key: str, id: str) -> Response:
        binder = self.binders[name]
        paper, account = binder.paper(key, id), _account(binder.accounts(), key)
        return pages.page("paper.html", binder=binder, name=name, account=account, paper=paper)

    def _arrived(self, order: WorkOrder) -> list[_Arrived]:
        return [
            _Arrived(name, binder.title, account, binder.paper(account.key, id))
            for name, binder in self.binders.items()
            for account in binder.accounts()
            for id, reference in binder.references(account.key)
            if order.words <= set(re.split(r"[^A-Za-z0-9]+", reference))
        ]


@dataclass(frozen=True)
class Problems:
    """Why a form is shown again, and what was in it."""

    status: int
    texts: Sequence[str]
    form: Mapping[str, str]


def router(services: Mapping[str, Service]) -> APIRouter:
    """All addresses; coroutines without a pause, so that they take turns with the requests to the services."""
    made, people = APIRouter(route_class=_Route), People(services)

    @made.get("/")
    async def index(request: Request) -> Response:
        return people.index(str(request.base_url).rstrip("/"))

    @made.get("/people/files/{name}")
    async def file(name: str) -> Response:
        return pages.file(name)

    @made.get("/people/{name}/{key}")
    async def account(request: Request, name: str, key: str) -> Response:
        shown = people.desk if name in people.desks else people.papers
        return shown(name, key, request.query_params)

    @made.get("/people/{name}/{key}/documents/{id}")
    async def paper(name: str, key: str, id: str) -> Response:
        return people.paper(name, key, id)

    @made.post("/people/{name}/{key}/work-orders")
    async def make(request: Request, name: str, key: str) -> Response:
        return people.make(name, key, await request.body(), request.query_params)

    @made.get("/people/{name}/{key}/work-orders/{id}")
    async def order(name: str, key: str, id: int) -> Response:
        return people.order(name, key, id)

    @made.get("/people/{name}/{key}/work-orders/{id}/arrival")
    async def arrival(name: str, key: str, id: int) -> Response:
        return people.arrival(name, key, id)

    @made.post("/people/{name}/{key}/work-orders/{id}/{action}")
    async def act(request: Request, name: str, key: str, id: int, action: str) -> Response:
        return people.act(name, key, id, action, await request.body())

    return made


def _bring_to_archive(desk: Desk, key: str, id: int, wish: Wish) -> None:
    desk.plan(key, id)
    desk.report_ready(key, id, (wish.travel_minutes, wish.work_minutes))
    desk.archive(key, id)


def _see(name: str, key: str, id: int) -> Response:
    """To the work order; a reload there does nothing twice."""
    return RedirectResponse(f"/people/{quote(name)}/{quote(key)}/work-orders/{id}", 303)


def _account(accounts: Sequence[Account], key: str) -> Account:
    return {account.key: account for account in accounts}[key]


def _page_number(query: Mapping[str, str]) -> int:
    given = query.get("page", "1")
    return max(int(given), 1) if given.isascii() and given.isdecimal() and len(given) < 7 else 1


def _paging(number: int, total: int) -> dict[str, int]:
    """Page number, last page and total."""
    return {"number": number, "last": max(-(-total // PAGE_SIZE), 1), "total": total}

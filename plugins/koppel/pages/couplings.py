"""The couplings that the user may see: searched, filtered, sorted, in pages."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from include.connectors import registry
from include.tenants.overview import couplings
from plugins.koppel.access import Right, User, Visible, may
from plugins.koppel.asking import PAGE_SIZE, CouplingsAsked
from plugins.koppel.language import PageLanguage
from plugins.koppel.rendering import render
from plugins.koppel.surroundings import KoppelDep


class Asked(CouplingsAsked):
    """``dag_id`` comes from the tab on a DAG's page."""

    dag_id: Annotated[str, Field(max_length=250)] = ""


def show(
    request: Request,
    koppel: KoppelDep,
    user: User,
    visible: Visible,
    language: PageLanguage,
    asked: Annotated[Asked, Query()],
) -> Response:
    tenant = asked.dag_id.partition("__")[2]
    if asked.dag_id and tenant in visible:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/tenants/{tenant}", 303)
    found = couplings(koppel, asked.wanted(visible), asked.offset, PAGE_SIZE)
    pages = max(1, -(-found.total // PAGE_SIZE))
    packages = {name: registry.connector(name).title for name in registry.packages()}
    shown: dict[str, Any] = {"found": found, "asked": asked, "pages": pages, "packages": packages}
    shown |= {"administers": may(user, Right.administer, None), "now": koppel.now()}
    return render(request, language, "couplings.html", **shown)

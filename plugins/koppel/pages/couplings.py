"""The couplings that the user may see: searched, filtered, sorted, in pages."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from include.connectors import registry
from include.tenants.overview import couplings
from plugins.koppel.dependencies import ContextDep
from plugins.koppel.language import PageLanguage
from plugins.koppel.query import PAGE_SIZE, OverviewAddressQuery
from plugins.koppel.security import Right, User, Visible, may
from plugins.koppel.templating import render


class Asked(OverviewAddressQuery):
    """``dag_id`` comes from the tab on a DAG's page."""

    dag_id: Annotated[str, Field(max_length=250)] = ""


def show(
    request: Request,
    context: ContextDep,
    user: User,
    visible: Visible,
    language: PageLanguage,
    asked: Annotated[Asked, Query()],
) -> Response:
    tenant = asked.dag_id.partition("__")[2]
    if asked.dag_id and tenant in visible:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/tenants/{tenant}", 303)
    found = couplings(context, asked.wanted(visible), asked.offset, PAGE_SIZE)
    pages = max(1, -(-found.total // PAGE_SIZE))
    packages = {name: registry.system(name).title for name in registry.packages()}
    shown: dict[str, Any] = {"found": found, "asked": asked, "pages": pages, "packages": packages}
    shown |= {"administers": may(user, Right.administer, None), "now": context.now()}
    return render(request, language, "couplings.html", **shown)

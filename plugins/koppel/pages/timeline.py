"""The time line of one work order, customer or article, and the preview of a work order's document."""

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import Field

from include.errors import IntegrationError, WorkOrderRefused
from include.log.timeline import Timeline, of_record, of_work_order
from include.push.preview import preview as document_of
from include.tenants.tenant import Tenant
from plugins.koppel.csrf import token
from plugins.koppel.dependencies import ContextDep, TenantDep
from plugins.koppel.flash import unsign
from plugins.koppel.labels import RULES
from plugins.koppel.language import PageLanguage
from plugins.koppel.query import AddressQuery
from plugins.koppel.security import Right, User, may
from plugins.koppel.templating import render

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class Which(AddressQuery):
    """``name``: number or id of a work order, number or code of a record."""

    name: Name
    kind: Literal["work_order", "customer", "article"] = "work_order"


class WhichPage(Which):
    said: Annotated[str, Field(max_length=2000)] = ""


class WorkOrder(AddressQuery):
    name: Name


def show(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    user: User,
    language: PageLanguage,
    asked: Annotated[WhichPage, Query()],
) -> Response:
    found = story(context, tenant, asked, language)
    shown: dict[str, Any] = {"tenant": tenant, "kind": asked.kind, "story": found, "said": unsign(asked.said)}
    shown |= {"operable": may(user, Right.operate, tenant.slug), "token": token(user)}
    shown |= {"administers": may(user, Right.administer, tenant.slug)}
    return render(request, language, "story.html", entry=found.entries[0] if found.entries else None, **shown)


def story(context: ContextDep, tenant: Tenant, asked: Which, language: PageLanguage) -> Timeline:
    if asked.kind == "work_order":
        return of_work_order(context, tenant, asked.name.strip(), language)
    return of_record(context, tenant, asked.kind, asked.name.strip(), language)


def preview(
    request: Request,
    context: ContextDep,
    tenant: TenantDep,
    language: PageLanguage,
    asked: Annotated[WorkOrder, Query()],
) -> Response:
    """A part of the page: it asks both systems, which takes its time. Sends nothing."""
    try:
        found = document_of(context, tenant, asked.name.strip())
    except WorkOrderRefused as error:
        return render(request, language, "trouble.html", trouble=str(error))
    except IntegrationError as error:
        trouble = f"{error.text(language)} {error.action(language)}"
        return render(request, language, "trouble.html", trouble=trouble)
    refusal = found.refusal and f"{found.refusal.text(language)} {found.refusal.action(language)}"
    shown = {"tenant": tenant, "found": found, "refusal": refusal, "rules": RULES}
    return render(request, language, "preview.html", **shown)

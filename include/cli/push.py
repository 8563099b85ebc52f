"""koppel hold, release, push, retry, preview, backfill: work orders, one by one and by the dozen."""

import getpass
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from include.cli.common import AsJson, TenantName, explained, out, print_json, show
from include.context import Context
from include.errors import WorkOrderRefused
from include.push import operations
from include.push.operations import LedgerEntry
from include.push.preview import Preview, preview
from include.tenants.tenant import load

app = typer.Typer()
WorkOrderName = Annotated[str, typer.Argument(help="The number of a work order, or its id.", metavar="NUMBER")]


@app.command("hold")
def hold(tenant: TenantName, work_order: WorkOrderName, as_json: AsJson = False) -> None:
    """Keep a work order from being sent until it is released."""
    with explained():
        context = Context.from_environment()
        _show(operations.hold(context, load(context, tenant), work_order, getpass.getuser()), as_json)


@app.command("release")
def release(tenant: TenantName, work_order: WorkOrderName, as_json: AsJson = False) -> None:
    """Let a held work order go on."""
    with explained():
        context = Context.from_environment()
        _show(operations.release(context, load(context, tenant), work_order, getpass.getuser()), as_json)


@app.command("push")
def push(tenant: TenantName, work_order: WorkOrderName, as_json: AsJson = False) -> None:
    """Send one work order now; one whose document was removed in the package is sent again."""
    with explained():
        context = Context.from_environment()
        key = f"cli__{datetime.now(UTC).isoformat(timespec='milliseconds')}"
        _show(operations.push_one(context, load(context, tenant), work_order, by=getpass.getuser(), key=key), as_json)


def _show(entry: LedgerEntry, as_json: bool) -> None:
    columns = ("number", "work_order_id", "state", "code", "reference", "document_id", "document_number")
    show(f"Work order {entry.number}", columns, [[getattr(entry, name) for name in columns]], as_json)


@app.command("retry")
def retry(
    tenant: Annotated[str, typer.Argument(help="The tenant's short name.", metavar="[TENANT]")] = "",
    code: Annotated[str, typer.Option(help="Only what waits with this code.")] = "",
    all_tenants: Annotated[bool, typer.Option("--all-tenants", help="Of all active tenants.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have work orders that wait looked at again at once."""
    with explained():
        if bool(tenant) == all_tenants:
            raise WorkOrderRefused("name a tenant, or use --all-tenants")
        context, by = Context.from_environment(), getpass.getuser()
        if all_tenants:
            counted = operations.retry_all(context, code or None, by)
        else:
            counted = {tenant: operations.retry(context, load(context, tenant), code or None, by)}
    show("Looked at again", ("tenant", "work orders"), list(counted.items()), as_json)


@app.command("preview")
def show_preview(tenant: TenantName, work_order: WorkOrderName, as_json: AsJson = False) -> None:
    """The document of a work order as it would be made now, and how the one in the package differs."""
    with explained():
        context = Context.from_environment()
        found = preview(context, load(context, tenant), work_order)
        if as_json:
            print_json(_json(found))
        else:
            _print(found)


def _json(found: Preview) -> dict[str, object]:
    planned = found.expected.model_dump(mode="json") if found.expected else None
    return {
        "work_order": found.work_order,
        "reference": found.reference,
        "state": found.state,
        "expected": planned,
        "refusal": {"code": found.refusal.code, "message": found.refusal.text()} if found.refusal else None,
        "filter_word": found.filter_word,
        "existing": [one.model_dump(mode="json") for one in found.existing],
        "differences": list(found.differences),
    }


def _print(found: Preview) -> None:
    if found.refusal:
        out.print(f"✗ {found.refusal.text()}\n→ {found.refusal.action()}", markup=False)
    if found.filter_word:
        out.print(f"Not sent: the description contains the filter word {found.filter_word!r}.", markup=False)
    if planned := found.expected:
        rows = [(one.rule, one.description, one.quantity, one.price, one.net) for one in planned.lines]
        title = f"{found.reference} · customer {planned.customer_key} · {planned.date}"
        show(title, ("rule", "description", "quantity", "price", "amount"), rows, as_json=False)
        out.print(f"total without VAT {planned.total_excl_vat}, with VAT {planned.total_incl_vat}", markup=False)
    for one in found.existing:
        out.print(f"in the package: {one.number or one.id}, {one.total_excl_vat} / {one.total_incl_vat}", markup=False)
    for text in found.differences:
        out.print(f"  differs (would be → is): {text}", markup=False)


@app.command("backfill")
def backfill(
    tenant: TenantName,
    start: Annotated[str, typer.Option("--from", help="First day, as YYYY-MM-DD, Dutch time.")],
    dry: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send work orders that were archived from a day on, before the tenant became active too."""
    with explained():
        context = Context.from_environment()
        found = operations.backfill(context, load(context, tenant), _day(start), by=getpass.getuser(), dry_run=dry)
    word = "would be sent" if dry else "will be sent"
    show(f"Backfill of {tenant} from {start}", ("archived since", word), [(found.archived, found.new)], as_json)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WorkOrderRefused(f"from: {text!r} is not allowed; use a day as YYYY-MM-DD") from None

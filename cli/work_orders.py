"""koppel work-orders: shows what became of each work order, and acts on one or on many."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.common import (
    AllTenants,
    AsJson,
    Day,
    TenantName,
    explained,
    new_run_key,
    parse_day,
    print_json,
    print_line,
    print_rows,
    print_table,
    who,
)
from include.context import Context
from include.errors import InvalidInput
from include.push import operations
from include.push.not_sent import do_not_send
from include.push.operations import LedgerEntry
from include.push.preview import Preview, preview
from include.push.stats import entries
from include.tenants.tenant import load

LISTED = ("number", "work_order_id", "archived_at", "state", "reference", "document_id", "document_number", "code")
SHOWN = ("number", "work_order_id", "state", "code", "reference", "document_id", "document_number")

app = typer.Typer(help="Archived work orders and their documents.", no_args_is_help=True)
WorkOrderName = Annotated[str, typer.Argument(help="The number of a work order, or its id.", metavar="NUMBER")]


@app.command("list")
def work_orders_list(
    slug: TenantName,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the latest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the ledger of a tenant: each archived work order and what became of it."""
    with explained():
        context = Context.from_environment()
        ledger = entries(context, load(context, slug), limit)
    if as_json:
        print_rows("", LISTED, [[getattr(entry, column) for column in LISTED] for entry in ledger], as_json=True)
        return
    columns = ("work order", "archived (UTC)", "state", "document", "code")
    rows = [(entry.number, _minute(entry.archived_at), entry.state, _document(entry), entry.code) for entry in ledger]
    print_table(f"Work orders of {slug}", columns, rows)


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%d-%m %H:%M}"


def _document(entry: LedgerEntry) -> str | None:
    return entry.document_number or entry.document_id


@app.command("hold")
def work_orders_hold(slug: TenantName, work_order: WorkOrderName, *, as_json: AsJson = False) -> None:
    """Keep a work order from being sent until it is released."""
    with explained():
        context = Context.from_environment()
        entry = operations.hold(context, load(context, slug), work_order, who())
    _print_entry(entry, as_json=as_json)


@app.command("release")
def work_orders_release(slug: TenantName, work_order: WorkOrderName, *, as_json: AsJson = False) -> None:
    """Let a held work order go on."""
    with explained():
        context = Context.from_environment()
        entry = operations.release(context, load(context, slug), work_order, who())
    _print_entry(entry, as_json=as_json)


@app.command("say-there")
def work_orders_say_there(
    slug: TenantName,
    work_order: WorkOrderName,
    document: Annotated[str, typer.Argument(help="The id of the document in the accounting package.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say that the document of a held work order is in the accounting package; nothing is sent for it then."""
    with explained():
        context = Context.from_environment()
        entry = operations.say_there(context, load(context, slug), work_order, document, by=who())
    _print_entry(entry, as_json=as_json)


@app.command("do-not-send")
def work_orders_do_not_send(
    slug: TenantName,
    work_order: WorkOrderName,
    *,
    reason: Annotated[str, typer.Option(help="Why it is not sent; it is kept and shown.")],
    as_json: AsJson = False,
) -> None:
    """Do not send a work order, for a reason; pushing it sends it after all."""
    with explained():
        context = Context.from_environment()
        entry = do_not_send(context, load(context, slug), work_order, reason, by=who())
    _print_entry(entry, as_json=as_json)


@app.command("push")
def work_orders_push(slug: TenantName, work_order: WorkOrderName, *, as_json: AsJson = False) -> None:
    """Send one work order now; one whose document was removed in the package is sent again."""
    with explained():
        context = Context.from_environment()
        entry = operations.push_one(context, load(context, slug), work_order, by=who(), key=new_run_key())
    _print_entry(entry, as_json=as_json)


def _print_entry(entry: LedgerEntry, *, as_json: bool) -> None:
    values = [getattr(entry, column) for column in SHOWN]
    print_rows(f"Work order {entry.number}", SHOWN, [values], as_json=as_json)


@app.command("retry")
def work_orders_retry(
    slug: Annotated[str, typer.Argument(help="The tenant's short name.", metavar="[TENANT]")] = "",
    *,
    code: Annotated[str, typer.Option(help="Only what waits with this code.")] = "",
    all_tenants: AllTenants = False,
    as_json: AsJson = False,
) -> None:
    """Have work orders that wait looked at again at once."""
    with explained():
        if bool(slug) == all_tenants:
            raise InvalidInput("name one TENANT, or use --all-tenants")
        context, by = Context.from_environment(), who()
        if all_tenants:
            counts = operations.retry_all(context, code or None, by)
        else:
            counts = {slug: operations.retry(context, load(context, slug), code or None, by)}
    print_rows("Looked at again", ("tenant", "work orders"), list(counts.items()), as_json=as_json)


@app.command("backfill")
def work_orders_backfill(
    slug: TenantName,
    *,
    start: Day,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send work orders that were archived from a day on, before the tenant became active too."""
    with explained():
        context = Context.from_environment()
        tenant, by = load(context, slug), who()
        count = operations.backfill(context, tenant, parse_day(start), by=by, dry_run=dry)
    columns = ("archived since", "would be sent" if dry else "will be sent")
    title = f"Backfill of {slug} from {start}"
    print_rows(title, columns, [(count.archived, count.new)], as_json=as_json)


@app.command("preview")
def work_orders_preview(slug: TenantName, work_order: WorkOrderName, *, as_json: AsJson = False) -> None:
    """Show the document of a work order as it would be made now, and how the one in the package differs."""
    with explained():
        context = Context.from_environment()
        shown = preview(context, load(context, slug), work_order)
    if as_json:
        print_json(_preview_as_json(shown))
    else:
        _print_preview(shown)


def _preview_as_json(shown: Preview) -> dict[str, object]:
    expected = shown.expected.model_dump(mode="json") if shown.expected else None
    return {
        "work_order": shown.work_order,
        "reference": shown.reference,
        "state": shown.state,
        "expected": expected,
        "refusal": {"code": shown.refusal.code, "message": shown.refusal.text()} if shown.refusal else None,
        "filter_word": shown.filter_word,
        "existing": [document.model_dump(mode="json") for document in shown.existing],
        "differences": list(shown.differences),
    }


def _print_preview(shown: Preview) -> None:
    if shown.refusal:
        print_line(f"✗ {shown.refusal.text()}\n→ {shown.refusal.action()}")
    if shown.filter_word:
        print_line(f"Not sent: the description contains the filter word {shown.filter_word!r}.")
    if expected := shown.expected:
        rows = [(line.rule, line.description, line.quantity, line.price, line.net) for line in expected.lines]
        title = f"{shown.reference} · customer {expected.customer_key} · {expected.date}"
        print_table(title, ("rule", "description", "quantity", "price", "amount"), rows)
        print_line(f"total without VAT {expected.total_excl_vat}, with VAT {expected.total_incl_vat}")
    for document in shown.existing:
        name, totals = document.number or document.id, f"{document.total_excl_vat} / {document.total_incl_vat}"
        print_line(f"in the package: {name}, {totals}")
    for difference in shown.differences:
        print_line(f"  differs (would be → is): {difference}")

"""koppel settings: shows what a tenant has set, changes it, checks it, saves it, and tells who changed it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Annotated, Any, get_args

import typer

from cli.common import (
    AsJson,
    TenantName,
    explained,
    print_json,
    print_line,
    print_result,
    print_rows,
    print_table,
    who,
)
from include.connectors.settings import setting_text
from include.context import Context
from include.errors import InvalidInput
from include.settings import drafts, versions
from include.settings.check_result import CheckLevel, CheckResult, worst
from include.settings.drafts import Draft
from include.settings.versions import differences
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="What a tenant has set: show, set, check, save.", no_args_is_help=True)
Base = Annotated[int | None, typer.Option("--base", min=0, help="The version you looked at; refused when it is older.")]
Number = Annotated[int | None, typer.Argument(min=1, help="A saved version.")]
# not by colour alone
LEVELS = {CheckLevel.OK: "✓ ok", CheckLevel.WARNING: "! warning", CheckLevel.ERROR: "✗ error"}


@app.command("show")
def settings_show(slug: TenantName, *, as_json: AsJson = False) -> None:
    """Show the saved settings, the changed ones that are not saved yet, and what their checks found."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        draft = drafts.find(context, tenant)
    _print_settings(tenant, draft, as_json=as_json)


@app.command("set")
def settings_set(
    slug: TenantName,
    pairs: Annotated[
        list[str], typer.Argument(help="NAME=VALUE; a list by commas or as JSON.", metavar="NAME=VALUE...")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Change settings. Nothing counts before it is checked and saved."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        draft = drafts.change(context, tenant, parse_pairs(tenant, pairs), who())
    _print_settings(tenant, draft, as_json=as_json)


@app.command("check")
def settings_check(
    slug: TenantName,
    names: Annotated[list[str] | None, typer.Argument(help="Settings; all when left out.", metavar="[NAME]...")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Check the changed settings against the accounting package; ends with 1 when there is an error."""
    with explained():
        context = Context.from_environment()
        draft = drafts.check(context, load(context, slug), who(), names or None)
    results = [result for name in names or draft.results for result in draft.results[name]]
    print_check_results(f"Checks of {slug}", results, as_json=as_json)
    if worst(results) == "error":
        raise typer.Exit(1)


@app.command("save")
def settings_save(slug: TenantName, *, base: Base = None, as_json: AsJson = False) -> None:
    """Save the changed settings; refused until every setting was checked and none is wrong."""
    with explained():
        context = Context.from_environment()
        version = drafts.save(context, load(context, slug), who(), base)
    result = {"tenant": slug, "version": version}
    print_result(result, f"Saved as version {version}; it counts from now on.", as_json=as_json)


@app.command("discard")
def settings_discard(slug: TenantName) -> None:
    """Drop the changes that are not saved."""
    with explained():
        context = Context.from_environment()
        dropped = drafts.discard(context, load(context, slug), who())
    print_line("The changes were dropped." if dropped else "There were no changes.")


@app.command("history")
def settings_history(slug: TenantName, *, as_json: AsJson = False) -> None:
    """List every saved version: who, when, and what changed."""
    with explained():
        context = Context.from_environment()
        saved = versions.history(context, load(context, slug))
    if as_json:
        columns = ("version", "saved_by", "saved_at", "changed")
        print_rows("", columns, [[getattr(each, column) for column in columns] for each in saved], as_json=True)
        return
    rows = [
        (each.version, each.saved_by, f"{each.saved_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", _changes(each.changed))
        for each in saved
    ]
    print_table(f"Settings of {slug}", ("version", "by", "at (UTC)", "changed"), rows)


@app.command("diff")
def settings_diff(slug: TenantName, older: Number = None, newer: Number = None, *, as_json: AsJson = False) -> None:
    """Compare two versions; one version with the saved settings; without a version, what is not saved yet."""
    with explained():
        context = Context.from_environment()
        tenant = load(context, slug)
        before = versions.find_version(context, tenant, older).body if older else _saved(tenant)
        after = _saved(tenant) if older else _draft_or_saved(context, tenant)
        if newer:
            after = versions.find_version(context, tenant, newer).body
    differing = differences(before, after).items()
    rows = [(name, *(pair if as_json else map(_as_text, pair))) for name, pair in differing]
    print_rows(f"Differences of {slug}", ("setting", "before", "after"), rows, as_json=as_json)


def print_check_results(title: str, results: Sequence[CheckResult], *, as_json: bool = False) -> None:
    """Print each result with what to do below it; in Dutch, as in the integration log."""
    if as_json:
        print_json(results_as_json(results))
        return
    rows = []
    for result in results:
        text = result.text()
        message = f"{text.message}\n→ {text.action}" if text.action else text.message
        rows.append((result.setting, LEVELS[result.level], message))
    print_table(title, ("setting", "result", "message, and what to do"), rows)


def results_as_json(results: Sequence[CheckResult]) -> list[dict[str, Any]]:
    """Return the results as they are stored, each with its message and action."""
    return [result.stored() | {"message": result.text().message, "action": result.text().action} for result in results]


def _print_settings(tenant: Tenant, draft: Draft | None, *, as_json: bool) -> None:
    """Print the saved settings beside the changed ones, with what the checks found since the last change."""
    saved, version = _saved(tenant), tenant.settings_version
    changed = draft.settings.model_dump(mode="json") if draft else saved
    levels = {name: worst(results) for name, results in draft.results.items()} if draft else {}
    if as_json:
        pending = {"settings": changed, "by": draft.changed_by, "checks": levels} if draft else None
        print_json({"tenant": tenant.slug, "version": version, "settings": saved, "draft": pending})
        return
    new = {name: _as_text(value) for name, (_, value) in differences(saved, changed).items()}
    checked = {name: LEVELS[levels[name]] if name in levels else "not checked" for name in changed} if draft else {}
    titles = {name: setting_text(type(tenant.settings), name).title("en") for name in changed}
    rows = [(name, titles[name], _as_text(saved.get(name)), new.get(name), checked.get(name)) for name in changed]
    columns = ("setting", "title", "saved", "changed", "check")
    print_table(f"Settings of {tenant.slug}, version {version}", columns, rows)


def parse_pairs(tenant: Tenant, pairs: Sequence[str]) -> dict[str, Any]:
    """Return the values by setting of NAME=VALUE pairs. Raises InvalidInput."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidInput([f"{pair!r}: use NAME=VALUE"])
        if name in values:
            raise InvalidInput([f"settings.{name}: given twice"])
        values[name] = _parse_value(tenant, name, text)
    return values


def _parse_value(tenant: Tenant, name: str, text: str) -> Any:
    """Return the text as it is for a setting that holds text, else its JSON; a list may do without brackets."""
    field = type(tenant.settings).model_fields.get(name)
    default = field.default if field else ""
    if field is None or field.is_required() or isinstance(default, str):
        return text
    if isinstance(default, tuple) and not text.startswith("["):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return parts if get_args(field.annotation)[0] is str else [_parse_json(part) for part in parts]
    return None if text == "" else _parse_json(text)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # the model of the settings names what is allowed


def _saved(tenant: Tenant) -> dict[str, Any]:
    return tenant.settings.model_dump(mode="json") if tenant.settings_version else {}


def _draft_or_saved(context: Context, tenant: Tenant) -> Mapping[str, Any]:
    draft = drafts.find(context, tenant)
    return draft.settings.model_dump(mode="json") if draft else _saved(tenant)


def _as_text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def _changes(changed: Mapping[str, tuple[Any, Any]]) -> str:
    return "; ".join(f"{name}: {_as_text(old) or '–'} → {_as_text(new) or '–'}" for name, (old, new) in changed.items())

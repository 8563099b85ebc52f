"""koppel settings: what a tenant has set; change it, check it, save it, and see who changed what."""

import getpass
import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Annotated, Any, get_args

import typer

from include.cli.common import AsJson, TenantName, explained, out, print_json, show
from include.context import Context
from include.errors import InvalidInput
from include.settings import drafts
from include.settings.check_draft import check_draft
from include.settings.check_result import CheckResult, worst
from include.settings.drafts import Draft
from include.settings.versions import differences, history
from include.settings.versions import version as one_version
from include.tenants.tenant import Tenant, load

app = typer.Typer(help="What a tenant has set: show, set, check, save.", no_args_is_help=True)
Base = Annotated[int | None, typer.Option("--base", min=0, help="The version you looked at; refused when it is older.")]
Number = Annotated[int | None, typer.Argument(min=1, help="A saved version.")]
WORDS = {"ok": "✓ ok", "warning": "! warning", "error": "✗ error"}  # not by colour alone


@app.command("show")
def settings_show(tenant: TenantName, as_json: AsJson = False) -> None:
    """The saved settings, the changed ones that are not saved yet, and what their checks found."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        draft = drafts.find(context, found)
    _show(found, draft, as_json)


@app.command("set")
def settings_set(
    tenant: TenantName,
    pairs: Annotated[
        list[str], typer.Argument(help="NAME=VALUE; a list by commas or as JSON.", metavar="NAME=VALUE...")
    ],
    as_json: AsJson = False,
) -> None:
    """Change settings. Nothing counts before it is checked and saved."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        draft = drafts.change(context, found, given_pairs(found, pairs), getpass.getuser())
    _show(found, draft, as_json)


@app.command("check")
def settings_check(
    tenant: TenantName,
    names: Annotated[list[str] | None, typer.Argument(help="Settings; all when left out.", metavar="[NAME]...")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the changed settings against the accounting package; ends with 1 when there is an error."""
    with explained():
        context = Context.from_environment()
        draft = check_draft(context, load(context, tenant), getpass.getuser(), names or None)
    chosen = {name: draft.verdicts[name] for name in names or draft.verdicts}
    show_verdicts(f"Checks of {tenant}", [one for found in chosen.values() for one in found], as_json)
    if any(worst(found) == "error" for found in chosen.values()):
        raise typer.Exit(1)


@app.command("save")
def settings_save(tenant: TenantName, base: Base = None, as_json: AsJson = False) -> None:
    """Save the changed settings; refused until every setting was checked and none is wrong."""
    with explained():
        context = Context.from_environment()
        version = drafts.save(context, load(context, tenant), getpass.getuser(), base)
    if as_json:
        print_json({"tenant": tenant, "version": version})
    else:
        out.print(f"Saved as version {version}; it counts from now on.")


@app.command("discard")
def settings_discard(tenant: TenantName) -> None:
    """Drop the changes that are not saved."""
    with explained():
        context = Context.from_environment()
        there = drafts.discard(context, load(context, tenant))
    out.print("The changes were dropped." if there else "There were no changes.")


@app.command("history")
def settings_history(tenant: TenantName, as_json: AsJson = False) -> None:
    """Every saved version: who, when, and what changed."""
    with explained():
        context = Context.from_environment()
        versions = history(context, load(context, tenant))
    columns = ("version", "saved_by", "saved_at", "changed")
    if as_json:
        show("", columns, [(one.version, one.saved_by, one.saved_at, one.changed) for one in versions], as_json)
        return
    rows = [
        (one.version, one.saved_by, f"{one.saved_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", _told(one.changed))
        for one in versions
    ]
    show(f"Settings of {tenant}", ("version", "by", "at (UTC)", "changed"), rows, as_json=False)


@app.command("diff")
def settings_diff(tenant: TenantName, older: Number = None, newer: Number = None, as_json: AsJson = False) -> None:
    """What differs between two versions; of one version against the present one; of none, what is not saved yet."""
    with explained():
        context = Context.from_environment()
        found = load(context, tenant)
        before = one_version(context, found, older).body if older else _body(found)
        after = one_version(context, found, newer).body if newer else _present(context, found, saved=older is not None)
    differing = differences(before, after).items()
    rows = [(name, *(pair if as_json else map(_shown, pair))) for name, pair in differing]
    show(f"Differences of {tenant}", ("setting", "before", "after"), rows, as_json)


def show_verdicts(title: str, verdicts: Sequence[CheckResult], as_json: bool) -> None:
    """One line for each, with what to do under what was found; in Dutch, as the integration log."""
    if as_json:
        print_json([one.stored() | {"message": one.text().message, "action": one.text().action} for one in verdicts])
        return
    rows = []
    for one in verdicts:
        said = one.text()
        rows.append(
            (one.setting, WORDS[one.level], f"{said.message}\n→ {said.action}" if said.action else said.message)
        )
    show(title, ("setting", "verdict", "message, and what to do"), rows, as_json=False)


def _show(tenant: Tenant, draft: Draft | None, as_json: bool) -> None:
    """Saved beside changed, with the verdicts of the checks since the last change."""
    saved, version = _body(tenant), tenant.settings_version
    changed = draft.settings.model_dump(mode="json") if draft else saved
    levels = {name: worst(found) for name, found in draft.verdicts.items()} if draft else {}
    if as_json:
        pending = {"settings": changed, "by": draft.changed_by, "checks": levels} if draft else None
        print_json({"tenant": tenant.slug, "version": version, "settings": saved, "draft": pending})
        return
    new = {name: _shown(value) for name, (_, value) in differences(saved, changed).items()}
    checked = {name: WORDS[levels[name]] if name in levels else "not checked" for name in changed} if draft else {}
    rows = [(name, _shown(saved.get(name)), new.get(name), checked.get(name)) for name in changed]
    show(f"Settings of {tenant.slug}, version {version}", ("setting", "saved", "changed", "check"), rows, as_json=False)


def given_pairs(tenant: Tenant, pairs: Sequence[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for pair in pairs:
        name, found, text = pair.partition("=")
        if not found:
            raise InvalidInput([f"{pair!r}: use NAME=VALUE"])
        if name in given:
            raise InvalidInput([f"settings.{name}: given twice"])
        given[name] = _value(tenant, name, text)
    return given


def _value(tenant: Tenant, name: str, text: str) -> Any:
    """Text as it is for a setting that holds text, else what it says as JSON; a list may do without brackets."""
    field = type(tenant.settings).model_fields.get(name)
    default = field.default if field else ""
    if field is None or field.is_required() or isinstance(default, str):
        return text
    if isinstance(default, tuple) and not text.startswith("["):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return parts if get_args(field.annotation)[0] is str else [_json(part) for part in parts]
    return None if text == "" else _json(text)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text  # the settings' own form says what is allowed


def _body(tenant: Tenant) -> dict[str, Any]:
    return tenant.settings.model_dump(mode="json") if tenant.settings_version else {}


def _present(context: Context, tenant: Tenant, saved: bool) -> Mapping[str, Any]:
    """The saved settings, or the changed ones when there are."""
    draft = None if saved else drafts.find(context, tenant)
    return draft.settings.model_dump(mode="json") if draft else _body(tenant)


def _shown(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def _told(changed: Mapping[str, tuple[Any, Any]]) -> str:
    return "; ".join(f"{name}: {_shown(old) or '–'} → {_shown(new) or '–'}" for name, (old, new) in changed.items())

"""Tests koppel tenants as a person types it (R5): left at any question of an activation, it goes on there."""

import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from cli.app import app
from include.context import Context
from include.sync.pipeline import sync
from include.tenants.overview import overview
from include.tenants.tenant import load
from tests.helpers.encryption import KEY
from tests.helpers.sandboxes import Sandbox

pytestmark = pytest.mark.registered_with_vendors


@pytest.fixture
def environment(context: Context, tmp_path: Path) -> dict[str, str]:
    """Is not registered with the vendors: Rompslomp is connected by a personal token."""
    return {"KOPPEL_STORE_URL": context.store.url, "KOPPEL_KEYS": KEY, "KOPPEL_STATE": str(tmp_path), "COLUMNS": "160"}


def typed(environment: dict[str, str], *arguments: str, answers: tuple[str, ...] = ()) -> Result:
    """Run ``koppel tenants …``, in which these answers are typed."""
    names = [name for name in registered_names() if name not in environment]
    clean: dict[str, Any] = {**dict.fromkeys(names), **environment}
    try:
        return CliRunner().invoke(app, ["tenants", *arguments], input="\n".join([*answers, ""]), env=clean)
    finally:
        structlog.reset_defaults()  # the command pointed it at an output that is closed now


def registered_names() -> list[str]:
    return [f"KOPPEL_ROMPSLOMP_{name}" for name in ("API", "OAUTH", "CLIENT_ID", "CLIENT_SECRET")]


def answers_of(simon: dict[str, Any]) -> tuple[str, ...]:
    """Return what is typed for an access: base, dialect (its default), licence code, user, password, API key."""
    return (simon["base"], "", simon["key"], simon["usr"], simon["pwd"], simon["api_key"])


def test_a_person_activates(context: Context, sandbox: Sandbox, environment: dict[str, str]) -> None:
    """R5.1: explained step by step; left after the first questions and after the wipe, it goes on there."""
    simon, access = sandbox.control.new_simon("Bakker"), sandbox.control.package_access("rompslomp")
    left = typed(environment, "activate", "bakker", answers=("Bakker & Zn", "rompslomp"))
    assert left.exit_code != 0
    assert load(context, "bakker").status == "new"
    wiped = typed(environment, "activate", "bakker", answers=(*answers_of(simon), "y"))
    assert "Preview of the activation of bakker" in wiped.output
    assert load(context, "bakker").status == "connecting"
    answers = (access["api"], access["access_token"], sandbox.control.administration("rompslomp"))
    wrong = (*answers, "work_article=BESTAATNIET", "colour=red", "", "work_article=UREN", "")
    done = typed(environment, "activate", "bakker", answers=wrong)
    assert done.exit_code == 0, done.output
    assert "BESTAATNIET" in done.output
    assert "settings.colour: unknown" in done.output
    assert load(context, "bakker").status == "importing"
    everything = left.output + wiped.output + done.output
    assert not any(secret in everything for secret in (simon["pwd"], simon["api_key"], access["access_token"]))
    again = typed(environment, "activate", "bakker")
    assert (again.exit_code, "The first import starts by itself" in again.output) == (0, True)


def test_from_active_to_deleted(context: Context, sandbox: Sandbox, environment: dict[str, str]) -> None:
    """R5.5: what cannot be taken back asks first, and every refusal says what is possible."""
    simon, access = sandbox.control.new_simon("Bakker"), sandbox.control.package_access("rompslomp")
    answers = ("Bakker", "rompslomp", *answers_of(simon), "y", access["api"], access["access_token"])
    assert typed(environment, "activate", "bakker", "--keep", answers=(*answers, "999999")).exit_code == 1
    number = sandbox.control.administration("rompslomp")
    assert typed(environment, "activate", "bakker", answers=(number, "")).exit_code == 0
    sync(context, load(context, "bakker"), "import")
    preview = json.loads(typed(environment, "preview", "bakker", "--json").stdout)
    assert preview["incoming"]["matching"]["articles"] > 0
    assert json.loads(typed(environment, "pause", "bakker", "--json").stdout)["paused"] is True
    assert json.loads(typed(environment, "resume", "bakker", "--json").stdout)["paused"] is False
    refused = typed(environment, "delete", "bakker", "--confirm", "bakker")
    assert (refused.exit_code, "bakker is active" in refused.output) == (1, True)
    assert typed(environment, "deactivate", "bakker", answers=("n",)).exit_code == 1
    assert load(context, "bakker").status == "active"
    assert typed(environment, "deactivate", "bakker", "--yes").exit_code == 0
    assert typed(environment, "activate", "bakker").exit_code == 1
    assert typed(environment, "reactivate", "bakker", "--reset", answers=("n",)).exit_code == 1
    assert typed(environment, "delete", "bakker", answers=("baker",)).exit_code == 1
    shown = typed(environment, "delete", "bakker", answers=("bakker",))
    assert (shown.exit_code, "links" in shown.output) == (0, True)
    assert overview(context) == []

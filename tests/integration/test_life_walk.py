"""Every state of a coupling, its access gone, by prompt and by file: it works, or says why not and what next (R5.1)."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
import yaml
from sqlalchemy import text

from include.context import Context
from include.errors import InvalidInput
from include.lifecycle import wipe_step
from include.lifecycle.activation import choose, start_import
from include.lifecycle.activation_preview import preview_activation
from include.lifecycle.deactivation import deactivate, reactivate
from include.lifecycle.manifest.apply import apply_plan
from include.lifecycle.manifest.load import load_manifests
from include.lifecycle.manifest.plan import plan
from include.lifecycle.pending import OperationKind, OperationState
from include.lifecycle.steps import ActivationStep, current_step
from include.lifecycle.terms import agreement
from include.runs import supersede_open
from include.settings import drafts
from include.store import pending
from include.tenants.states import history
from tests.helpers.command_line import StartKoppel, consent_address, run_koppel
from tests.helpers.life_states import AGAIN, STATES, bring_to, lose_access
from tests.helpers.lifecycle_tenant import (
    BY,
    LifecycleTenant,
    activate,
    connect_package,
    connect_simon,
    import_first,
    save_settings,
)
from tests.helpers.vendor_login import decide_consent

pytestmark = pytest.mark.registered_with_vendors
SECRET = ("key", "pwd", "api_key", "client_secret", "refresh_token", "access_token")
EVERY_COMMAND = ("pause", "resume", "reactivate", "withdraw", "deactivate")
EVERY = int(os.environ.get("KOPPEL_EVERY", "1"))


def runs(lifecycle: LifecycleTenant, state: str) -> str:
    """Return where a walk from a state ends."""
    return "active" if state == "active" else "importing"


# by prompt


def give_simon(lifecycle: LifecycleTenant, start_koppel: StartKoppel) -> None:
    process = start_koppel("access", "connect", lifecycle.slug, "simple_simon", "--file", "-")
    output, errors = process.communicate(json.dumps(lifecycle.description["simon_access"]), timeout=60)
    assert process.returncode == 0, output + errors


def walk_prompt(lifecycle: LifecycleTenant, start_koppel: StartKoppel, *answers: str) -> str:
    """Answer all questions of an activation, log in at the vendor in between, and return what was printed."""
    process = start_koppel("tenants", "activate", lifecycle.slug, "--keep", "--port", "0")
    assert process.stdin
    process.stdin.write("\n".join([*answers, ""]))
    process.stdin.flush()
    address = consent_address(process)
    back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
    assert requests.get(f"{back}?{urlencode(decide_consent(address, lifecycle.package))}", timeout=30).ok
    output, errors = process.communicate(timeout=90)
    assert process.returncode == 0, output + errors
    return output


@pytest.mark.parametrize("state", STATES)
def test_a_prompt_leads_on_from_every_state(lifecycle: LifecycleTenant, start_koppel: StartKoppel, state: str) -> None:
    """R5.1, R5.6: with no access left, it is asked for where it is needed, and nothing else stands in the way."""
    bring_to(lifecycle, state)
    lose_access(lifecycle)
    if state == "inactive":
        process = start_koppel("tenants", "activate", lifecycle.slug)
        output, errors = process.communicate("y\n", timeout=60)  # then it asks for Simon's access, and is left
        assert (process.returncode, lifecycle.status) == (1, "new"), output + errors
    give_simon(lifecycle, start_koppel)
    answers = ["y"] if lifecycle.status == "new" else []
    if lifecycle.status in ("new", "wiping", "connecting"):
        answers.append(lifecycle.description["settings"]["administration"])
    printed = walk_prompt(lifecycle, start_koppel, *answers, "")
    assert lifecycle.status == runs(lifecycle, state), printed
    assert ("What will happen" in printed) == (state in ("new", "inactive", AGAIN))
    assert agreement(lifecycle.context, lifecycle.tenant) is not None


@pytest.mark.parametrize("state", STATES)
def test_every_command_answers_in_every_state(lifecycle: LifecycleTenant, state: str) -> None:
    """R5.1: with no access, a command does what it says or is refused with what is possible; nothing breaks."""
    if EVERY > 1 and STATES.index(state) % 2 == (lifecycle.package == "unit4"):
        pytest.skip("each state on one package; make test-all walks all")
    bring_to(lifecycle, state)
    lose_access(lifecycle)
    for command in EVERY_COMMAND:
        before = lifecycle.status
        options = () if command in ("pause", "resume", "reactivate") else ("--yes",)
        done = run_koppel(lifecycle.context, "tenants", command, lifecycle.slug, *options)
        said = " ".join((done.stdout + done.stderr).split())
        assert done.returncode in (0, 1), said
        assert "Traceback" not in said
        if done.returncode:
            assert lifecycle.status == before
            assert "what is possible: " in said or "Zet " in said, said


def test_what_will_happen_is_said_before_the_first_question(lifecycle: LifecycleTenant) -> None:
    """R5.1, R5.7, R5.9: the steps, the terms with their version and place, and which log-in is which."""
    lose_access(lifecycle)
    done = run_koppel(lifecycle.context, "tenants", "activate", lifecycle.slug)
    explained, _, asked = done.stdout.partition("The access to Simple-Simon")
    assert asked
    terms = lifecycle.context.terms
    for part in ("What will happen", "Work orders stay", f"version {terms.version}", terms.link):
        assert part in explained
    assert ("SYSTEEM" in explained and "portal user" in explained) == (lifecycle.package == "unit4")
    assert agreement(lifecycle.context, lifecycle.tenant) is None


# by file


class Manifest:
    """The file of a coupling, and the environment that holds its secrets."""

    def __init__(self, lifecycle: LifecycleTenant, folder: Path) -> None:
        self.lifecycle, self.file, self.environment = lifecycle, folder / "tenants.yaml", dict[str, str]()
        fresh = lifecycle.control.package_access(lifecycle.package)
        description = lifecycle.description | {"package_access": fresh}
        for part in ("package_access", "simon_access"):
            access = dict(description[part])
            for name in SECRET:
                if name in access:
                    self.environment[f"{part}_{name}"] = access[name]
                    access[name] = {"env": f"{part}_{name}"}
            description[part] = access
        self.description: dict[str, Any] = description

    def apply(self, **changes: Any) -> list[str]:
        """Plan and carry out; return the steps."""
        tenants = {self.lifecycle.slug: {**self.description, **changes}}
        self.file.write_text(yaml.safe_dump({"tenants": tenants}))
        context = self.lifecycle.context
        [planned] = plan(context, load_manifests(context, [self.file], self.environment))
        apply_plan(context, planned, BY)
        return planned.steps


@pytest.mark.parametrize("state", STATES)
def test_a_file_leads_on_from_every_state(lifecycle: LifecycleTenant, tmp_path: Path, state: str) -> None:
    """R5.1, R5.6: it goes on with the access in the file; without it the plan says what is missing."""
    bring_to(lifecycle, state)
    lose_access(lifecycle)
    manifest, before = Manifest(lifecycle, tmp_path), len(history(lifecycle.context, lifecycle.tenant.id))
    bare = {name: value for name, value in manifest.description.items() if not name.endswith("_access")}
    complete, manifest.description = manifest.description, bare
    with pytest.raises(InvalidInput) as caught:
        manifest.apply()
    said = [problem.partition(f"{lifecycle.slug}: ")[2] for problem in caught.value.problems]
    assert [problem.split(":")[0] for problem in said] == ["simon_access", "package_access"]
    assert all("Describe it here" in problem for problem in said)
    assert len(history(lifecycle.context, lifecycle.tenant.id)) == before
    manifest.description = complete
    steps = manifest.apply()
    assert lifecycle.status == runs(lifecycle, state), steps
    assert agreement(lifecycle.context, lifecycle.tenant) is not None


# what stood in the way


def test_a_return_shows_what_goes_without_the_package(lifecycle: LifecycleTenant) -> None:
    """R5.6: deactivating destroyed the access to the package, which is given again after the wipe only."""
    activate(lifecycle)
    deactivate(lifecycle.context, lifecycle.tenant, BY)
    reactivate(lifecycle.context, lifecycle.tenant, BY)
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.SIMON
    connect_simon(lifecycle)
    preview = preview_activation(lifecycle.context, lifecycle.tenant, ["customers"])
    assert preview.incoming is None
    assert preview.wiped["customers"] > 0
    connect_package(lifecycle)
    again = preview_activation(lifecycle.context, lifecycle.tenant, ["customers"]).incoming
    assert again is not None
    assert again.counts["customers"] > 0


def test_checks_without_a_change_are_no_unsaved_change(lifecycle: LifecycleTenant) -> None:
    """R5.4: settings that were only looked at on a return keep nobody from the import."""
    bring_to(lifecycle, "settings saved")
    drafts.check(lifecycle.context, lifecycle.tenant, BY)
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.IMPORT
    drafts.change(lifecycle.context, lifecycle.tenant, {"filter_word": "garantie"}, BY)
    assert current_step(lifecycle.context, lifecycle.tenant) is ActivationStep.SETTINGS


def test_a_wipe_that_another_run_ended_goes_on(lifecycle: LifecycleTenant) -> None:
    """R5.2: the same step finishes it, however it came to an end before."""
    bring_to(lifecycle, "wiping")
    with lifecycle.context.store.begin() as tx:
        supersede_open(tx, lifecycle.tenant.id)
        tx.execute(
            text("UPDATE pending_operations SET state = 'failed', error_code = 'RunSuperseded', ended_at = now()")
        )
    wipe_step.carry_out(lifecycle.context, lifecycle.tenant)
    assert (lifecycle.status, lifecycle.simon("Customer")) == ("connecting", [])
    with lifecycle.context.store.begin() as tx:
        latest = pending.latest(tx, lifecycle.tenant.id, OperationKind.WIPE)
    assert latest
    assert latest.state is OperationState.DONE


def test_the_import_follows_a_return(lifecycle: LifecycleTenant, context: Context) -> None:
    """R5.6: walked to its end, the coupling is at work again, with the settings it had."""
    bring_to(lifecycle, AGAIN)
    connect_simon(lifecycle)
    wipe_step.keep(context, lifecycle.tenant, BY)
    connect_package(lifecycle)
    version = lifecycle.tenant.settings_version
    assert current_step(context, lifecycle.tenant) is ActivationStep.ADMINISTRATION
    choose(context, lifecycle.tenant, lifecycle.description["settings"]["administration"], BY)
    assert current_step(context, lifecycle.tenant) is ActivationStep.IMPORT
    start_import(context, lifecycle.tenant, BY)
    import_first(lifecycle)
    assert (lifecycle.status, lifecycle.tenant.settings_version) == ("active", version)
    save_settings(lifecycle)

"""``koppel apply``: tenants as files describe them, planned first, all or none of them wrong (R4.4, R5.1)."""

import json
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.context import Context
from include.errors import InvalidInput
from include.lifecycle.manifest.apply import apply_plan
from include.lifecycle.manifest.load import load_manifests
from include.lifecycle.manifest.plan import TenantPlan, plan
from include.store import credentials
from include.sync.pipeline import sync
from include.tenants.overview import overview
from include.tenants.states import history
from include.tenants.tenant import load
from tests.helpers.command_line import StartKoppel
from tests.helpers.lifecycle_tenant import LifecycleTenant
from tests.helpers.packages import PACKAGES
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import call_simon

pytestmark = pytest.mark.registered_with_vendors

SETTINGS = {"travel_article": "REIS", "work_article": "UREN", "cleanup_days": []}
SECRET = ("key", "pwd", "api_key", "client_secret", "refresh_token", "access_token")


class Files:
    """One file for each tenant, and the environment that holds their secrets."""

    def __init__(self, context: Context, sandbox: Sandbox, folder: Path) -> None:
        self.context, self.control, self.folder = context, sandbox.control, folder
        self.environment: dict[str, str] = {}
        self.keys: dict[str, str] = {}

    def description(self, package: str, slug: str) -> dict[str, Any]:
        simon = self.control.new_simon(slug)
        self.keys[slug] = simon["key"]
        return {
            "company": f"Bedrijf {slug}",
            "package": package,
            "settings": {"administration": self.control.administration(package), **SETTINGS},
            "package_access": self.hidden(f"{slug}_p", self.control.package_access(package)),
            "simon_access": self.hidden(f"{slug}_s", simon),
        }

    def hidden(self, name: str, access: dict[str, Any]) -> dict[str, Any]:
        self.environment |= {f"{name}_{field}": str(value) for field, value in access.items() if field in SECRET}
        return {f: {"env": f"{name}_{f}"} if f in SECRET else value for f, value in access.items()}

    def write(self, slug: str, description: Any, name: str = "") -> Path:
        file = self.folder / (name or f"{slug}.yaml")
        file.write_text(yaml.safe_dump({"tenants": {slug: description}}, sort_keys=False))
        return file

    def planned(self, *files: Path) -> list[TenantPlan]:
        return plan(self.context, load_manifests(self.context, files, self.environment))

    def apply(self, *files: Path) -> list[TenantPlan]:
        plans = self.planned(*files)
        for tenant_plan in plans:
            apply_plan(self.context, tenant_plan, "anna")
        return plans

    def problems(self, *files: Path) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            self.planned(*files)
        assert not any(secret in str(caught.value) for secret in self.environment.values() if len(secret) > 6)
        return caught.value.problems

    def lifecycle(self, slug: str, package: str) -> LifecycleTenant:
        return LifecycleTenant(self.context, self.control, slug, package, self.keys[slug])


@pytest.fixture
def files(context: Context, sandbox: Sandbox, tmp_path: Path) -> Files:
    return Files(context, sandbox, tmp_path)


def statuses(context: Context) -> dict[str, str]:
    return {line.tenant: line.status for line in overview(context)}


@pytest.mark.parametrize("package", PACKAGES)
def test_from_a_file_to_active_and_then_nothing(files: Files, package: str) -> None:
    """R5.1: unattended through the very same steps; applied again, it changes nothing, not even a token."""
    file = files.write("jansen", files.description(package, "jansen"))
    lifecycle = files.lifecycle("jansen", package)
    [planned] = files.apply(file)
    assert any(step.startswith("wipe Simple-Simon: ") for step in planned.steps)
    assert statuses(files.context) == {"jansen": "importing"}
    sync(files.context, lifecycle.tenant, "import")
    assert lifecycle.went() == ["new", "wiping", "connecting", "settings", "importing", "active"]
    with files.context.store.begin() as tx:
        before = credentials.listing(tx)
    assert [tenant_plan.steps for tenant_plan in files.apply(file)] == [[]]
    with files.context.store.begin() as tx:
        assert credentials.listing(tx) == before
    assert (lifecycle.tenant.settings_version, len(lifecycle.went())) == (1, 6)


def test_a_bad_tenant_changes_none(files: Files) -> None:
    """R4.4: each wrong input names file, tenant, field, value and what is allowed."""
    good = files.write("goed", files.description("rompslomp", "goed"))
    bad = files.description("unit4", "fout")
    bad |= {"wipe": "some", "state": "asleep", "colour": "red"}
    file = files.write("fout", bad)
    problems = files.problems(good, file)
    assert all(problem.startswith(f"{file}: fout: ") for problem in problems)
    said = " | ".join(problems)
    for part in ("wipe: 'some'", "use all, none", "state: 'asleep'", "colour: unknown"):
        assert part in said
    bad = files.description("unit4", "fout")
    bad["settings"]["article_types"] = [9]
    [problem] = files.problems(good, files.write("fout", bad))
    assert problem.startswith(f"{file}: fout: settings.article_types.0: 9 is not allowed")
    assert statuses(files.context) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda g: g["settings"].update(administration="123456"), "settings.administration"),
        (lambda g: g["settings"].update(work_article="BESTAATNIET"), "settings.work_article: .*BESTAATNIET"),
        (lambda g: g["simon_access"].update(pwd="verkeerd-wachtwoord"), "simon_access.pwd: a secret does not stand"),
        (lambda g: g["simon_access"].update(pwd={"env": "NERGENS"}), "variable NERGENS is not set"),
        (lambda g: g["simon_access"].update(pwd={"file": "weg"}), "the file weg cannot be read"),
        (lambda g: g["simon_access"].update(pwd={"vault": "x"}), "use {env: NAME} or {file: PATH}"),
        (lambda g: g.pop("simon_access"), "simon_access: missing"),
        (lambda g: g.pop("company"), "company: missing"),
        (lambda g: g.update(package="exact"), "package: 'exact' is not allowed"),
        (lambda g: g.update(wipe=["articles"]), "wipe: a first activation takes all or none"),
        (lambda g: g.update(wipe=["work_orders"]), "wipe: .*work_orders.* is not allowed"),
    ],
)
def test_what_is_wrong_is_named(files: Files, change: Callable[[dict[str, Any]], object], expected: str) -> None:
    """R4.4: also what only the package can say, before anything is stored."""
    description = files.description("rompslomp", "jansen")
    change(description)
    file = files.write("jansen", description)
    problems = files.problems(file)
    import re

    assert any(re.search(expected, problem) for problem in problems), problems
    assert all(problem.startswith(f"{file}: jansen: ") for problem in problems)
    assert statuses(files.context) == {}


def test_a_refused_log_in_is_found_before_anything(files: Files) -> None:
    """R4.4: Simple-Simon is asked; the password is not shown."""
    description = files.description("rompslomp", "jansen")
    files.environment["jansen_s_pwd"] = "verkeerd-wachtwoord"
    assert files.problems(files.write("jansen", description))
    assert statuses(files.context) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tenants: [", "not YAML"),
        ("- jansen", "use one mapping named tenants"),
        ("tenants:\n  jansen: 5", "use a mapping with company"),
        ("tenants:\n  jansen: {}\n  jansen: {}", "stands there twice"),
        ("", "use one mapping named tenants"),
        ("tenants:\n  on: {}", "'on' is no text"),
        ("tenants:\n  1: {}", "'1' is no text"),
        ("tenants:\n  jansen: {settings: {2026-01-01: x}}", "'2026-01-01' is no text"),
        ("tenants:\n  ? [a, b]\n  : {}", "a list or a mapping is no text"),
        ("? {a: b}\n: {}", "a list or a mapping is no text"),
        ("tenants: {jansen: !!python/object/apply:os.system [ls]}", "not YAML"),
    ],
)
def test_a_file_that_is_none(files: Files, text: str, expected: str) -> None:
    """R4.4: said with the name of the file; nothing in it is carried out."""
    file = files.folder / "x.yaml"
    file.write_text(text)
    [problem] = files.problems(file)
    assert problem.startswith(f"{file}: ")
    assert expected in problem


def test_a_tenant_in_two_files_is_refused(files: Files) -> None:
    """R4.4: nobody would know which counts."""
    description = files.description("unit4", "jansen")
    first, second = files.write("jansen", description, "a.yaml"), files.write("jansen", description, "b.yaml")
    assert any("described in" in problem for problem in files.problems(first, second))


def test_what_another_tenant_has_is_refused(files: Files) -> None:
    """One tenant for a licence and for an administration: in the store, and among those that are described together."""
    description = files.description("rompslomp", "jansen")
    first = files.write("jansen", description)
    other = files.write("other", files.description("rompslomp", "other"))
    assert [problem.split(": ")[2] for problem in files.problems(first, other)] == ["administration"]
    files.apply(first)
    second = files.write("second", description)
    assert [problem.split(": ")[2] for problem in files.problems(second)] == ["administration", "licence"]
    assert statuses(files.context) == {"jansen": "importing"}


def test_settings_of_a_running_tenant_change_without_a_wipe(files: Files) -> None:
    """R5.4: the difference is shown, checked and saved."""
    description = files.description("rompslomp", "jansen")
    files.apply(files.write("jansen", description))
    sync(files.context, load(files.context, "jansen"), "import")
    description["settings"] |= {"work_article": "REIS", "filter_word": "garantie"}
    description["company"] = "Ander B.V."
    [planned] = files.apply(files.write("jansen", description))
    assert "settings.work_article: 'UREN' → 'REIS'" in planned.steps
    tenant = load(files.context, "jansen")
    assert (tenant.settings.work_article, tenant.settings_version, tenant.status) == ("REIS", 2, "active")
    assert tenant.company == "Ander B.V."


def test_states_in_a_file(files: Files) -> None:
    """R5.5, R5.6: paused, inactive and active again; a reactivation wipes nothing unless the file says so."""
    description = files.description("rompslomp", "jansen")
    files.apply(files.write("jansen", {**description, "state": "paused"}))
    tenant = load(files.context, "jansen")
    assert (tenant.status, tenant.effective_state) == ("importing", "paused")
    files.apply(files.write("jansen", description))
    sync(files.context, load(files.context, "jansen"), "import")
    file = files.write("jansen", {**description, "state": "inactive"})
    assert [tenant_plan.steps for tenant_plan in files.apply(file)] == [["deactivate"]]
    assert [tenant_plan.steps for tenant_plan in files.apply(file)] == [[]]
    held = len(files.control.simon(files.keys["jansen"])["Item"])
    [planned] = files.apply(files.write("jansen", description))
    assert "keep what is in Simple-Simon" in planned.steps
    assert load(files.context, "jansen").status == "importing"
    assert len(files.control.simon(files.keys["jansen"])["Item"]) == held
    assert [transition.after for transition in history(files.context, load(files.context, "jansen").id)][-5:] == [
        "inactive",
        "new",
        "connecting",
        "settings",
        "importing",
    ]


def test_another_administration_is_not_reached_by_a_file(files: Files) -> None:
    """R5.6: starting afresh is for a person."""
    description = files.description("rompslomp", "jansen")
    files.apply(files.write("jansen", description))
    sync(files.context, load(files.context, "jansen"), "import")
    description["settings"]["administration"] = "999"
    assert any("--reset" in problem for problem in files.problems(files.write("jansen", description)))


def test_the_command_plans_asks_and_applies(files: Files, start_koppel: StartKoppel) -> None:
    """R5.1: --dry-run shows, --yes carries out, and no secret is printed; a secret may also stand in a file."""
    description = files.description("rompslomp", "jansen")
    (files.folder / "password").write_text(files.environment.pop("jansen_s_pwd") + "\n")
    description["simon_access"]["pwd"] = {"file": "password"}
    file = files.write("jansen", description)
    for arguments, state in ((("--dry-run",), {}), (("--json", "--yes"), {"jansen": "importing"}), (("--yes",), None)):
        process = start_koppel("apply", str(file), *arguments, **files.environment)
        shown, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints
        assert not any(secret in shown + complaints for secret in files.environment.values())
        assert state in (None, statuses(files.context))
        if "--json" in arguments:
            assert json.loads(shown)[0]["status"] == "importing"
    assert "nothing to do" in shown
    call_simon(files.lifecycle("jansen", "rompslomp"), "GET", "Customer")


def test_from_standard_input_and_from_a_folder(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """R5.1: what a pipe brings, and all files of a folder, are read as a file is; an empty folder is refused."""
    description = files.description("unit4", "jansen")
    file = files.write("jansen", description)
    expected = load_manifests(files.context, [file], files.environment)
    for name in ("b.yml", "readme.md"):
        (files.folder / name).write_text("tenants: {}" if name.endswith("yml") else "no tenants")
    from_folder = load_manifests(files.context, [files.folder], files.environment)
    assert [state.spec for state in from_folder] == [state.spec for state in expected]
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(file.read_bytes())))
    [piped] = load_manifests(files.context, [Path("-")], files.environment)
    assert piped.spec == expected[0].spec
    (files.folder / "empty").mkdir()
    with pytest.raises(InvalidInput, match="no YAML file"):
        load_manifests(files.context, [files.folder / "empty"], files.environment)

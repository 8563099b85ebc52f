"""The documents against the code: what a person can set, call or follow is described, and exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.core
import typer.main
from cryptography.fernet import Fernet, MultiFernet

from cli.app import COMMANDS, load
from include import installation
from include.connectors import registry
from include.context import Context
from include.lifecycle.manifest.load import load_manifests
from include.store import Store
from tests.helpers.paths import ROOT

KEY = Fernet.generate_key()
OPERATING = "".join((ROOT / "docs" / name).read_text() for name in ("operating.md", "tenants.md", "pages.md"))
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "include" / "connectors").glob("*/README.md")),
]
COMPOSE = (ROOT / "docker-compose.yaml").read_text()
EXAMPLE = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def quoted(names: set[str]) -> list[str]:
    """Those of the names that the pages on operating do not mention as code."""
    return sorted(name for name in names if f"`{name}`" not in OPERATING)


def registrations() -> set[str]:
    """The variables of what vendors gave the installation, for every connector that asks for consent."""
    asking = [connector for connector in map(registry.system, registry.names()) if connector.oauth]
    return {installation.variable(each.name, name) for each in asking if each.oauth for name in each.oauth.registration}


def test_containers_are_given_what_vendors_gave() -> None:
    """Otherwise a consent works on one machine and not in another place."""
    forms = ("{0}: ${{{0}", "{0}_FILE: /run/secrets/")
    assert [name for name in registrations() if not any(form.format(name) in COMPOSE for form in forms)] == []


def test_variables_of_the_installation_are_described() -> None:
    """Those that are read, and no others."""
    read = set(re.findall(r"KOPPEL_[A-Z0-9_]+", Path(installation.__file__).read_text()))
    assert read
    read |= registrations()
    assert set(re.findall(r"`(KOPPEL_[A-Z0-9_]+)`", OPERATING)) == read


def test_no_other_code_knows_variables_of_its_own() -> None:
    """What belongs to the installation is read in one place, so that it can be described in one."""
    sources = [path for folder in ("include", "cli", "dags", "plugins") for path in (ROOT / folder).rglob("*.py")]
    known = {name for path in sources for name in re.findall(r"KOPPEL_[A-Z0-9_]+", path.read_text())}
    assert quoted(known) == []


@pytest.mark.parametrize("package", registry.packages())
def test_settings_of_a_package_are_described(package: str) -> None:
    """R4: each setting has a row in the table, under the name that it has in a file."""
    settings = registry.package(package).settings
    assert settings is not None
    rows = set(re.findall(r"^\| `(\w+)` \| (?:both|\w+) \|", OPERATING, re.MULTILINE))
    assert sorted(set(settings.model_fields) - rows) == []


@pytest.mark.parametrize("connector", registry.names())
def test_access_to_a_system_is_described(connector: str) -> None:
    """Each field under the name that it has in a file, and the connector's own name."""
    access = registry.system(connector).access
    assert quoted({connector, *access.model_fields} - set(access.kept)) == []


def yaml_blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", OPERATING, re.DOTALL)


def test_the_examples_of_tenants_can_be_applied(tmp_path: Path) -> None:
    """What is shown is accepted: settings and access of the examples are those of the models."""
    context = Context(Store("postgresql+psycopg2://nobody@127.0.0.1:1/none"), MultiFernet([Fernet(KEY)]), tmp_path)
    described = []
    for number, block in enumerate(yaml_blocks()):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block)
        for secret in re.findall(r"\{file: ([^}]+)\}", block):
            (tmp_path / secret).parent.mkdir(exist_ok=True)
            (tmp_path / secret).write_text("x")
        described += load_manifests(context, [file], dict.fromkeys(re.findall(r"\{env: ([^}]+)\}", block), "x"))
    assert {tenant.spec.package.name for tenant in described} == set(registry.packages())


def commands(command: Any, name: str) -> Iterator[str]:
    """The full name of every command under this one."""
    if isinstance(command, typer.core.TyperGroup):
        for word, inner in command.commands.items():
            yield from commands(inner, f"{name} {word}")
    else:
        yield name


@pytest.mark.parametrize("command", [full for word in COMMANDS for full in commands(load(word), f"koppel {word}")])
def test_a_command_is_described(command: str) -> None:
    """Each command has a row in the table of operating.md, with its arguments."""
    assert re.search(rf"^\| `{command}(?: [A-Z]+)*` \|", OPERATING, re.MULTILINE)


def links(document: Path) -> Iterator[str]:
    """Where the links and pictures of a document point, those in code left out."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(), flags=re.DOTALL)
    yield from (target for target in re.findall(r"\]\(([^)\s]+)\)", prose) if not target.startswith("http"))


def anchors(document: Path) -> set[str]:
    """The headings of a document as a link names them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Links lead to files, pictures and headings that exist."""
    for target in links(document):
        path, _, heading = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


def test_every_decision_is_listed() -> None:
    """In the order of their numbers."""
    folder = ROOT / "docs" / "decisions"
    assert list(links(folder / "README.md")) == sorted(path.name for path in folder.glob("0*.md"))


def test_environment_example_has_what_compose_uses() -> None:
    """The example has all variables of the compose file and nothing else."""
    assert set(EXAMPLE) == set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE))


def test_environment_example_holds_no_secrets() -> None:
    """What has no default has no value either; the others show the default."""
    required = set(re.findall(r"\$\{([A-Z0-9_]+):\?", COMPOSE))
    defaults = dict(re.findall(r"\$\{([A-Z0-9_]+):-([^}]*)\}", COMPOSE))
    assert required | set(defaults) == set(EXAMPLE)
    assert {name: EXAMPLE[name] for name in required} == dict.fromkeys(required, "")
    assert {name: EXAMPLE[name] for name in defaults} == defaults

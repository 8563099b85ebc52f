"""What the containers may do, know and hold, proven from docker-compose.yaml and the files that it uses."""

import json
import re
import shutil
import stat
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from sqlalchemy import make_url

from include.context import Context
from include.installation import Installation
from local import images
from tests.helpers.paths import ROOT
from tests.helpers.stub_server import StubReply, json_reply, stub_server

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KOPPEL = ("api-server", "scheduler", "dag-processor", "triggerer")
DIGESTS = ["sha256:" + digit * 64 for digit in "abc"]


def plain(text: str) -> str:
    """Return a value as it is without an .env."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The files that deploy/secrets.sh makes."""
    folder = tmp_path / "secrets"
    subprocess.run([ROOT / "deploy" / "secrets.sh", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_no_more_than_it_needs(name: str) -> None:
    """Security: no right of root's, nothing to write but what is named, and an end to memory, processes and logs."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+g", plain(service["mem_limit"]))
    assert 0 < service["pids_limit"] <= 2048
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()
    assert service.get("user", "") == ("postgres" if service["image"].startswith("postgres:") else "")


@pytest.mark.parametrize("dockerfile", ["Dockerfile", "sandbox.Dockerfile"])
def test_an_image_does_not_run_as_root(dockerfile: str) -> None:
    """Security: its last user is one of its own."""
    users = re.findall(r"^USER (\w+)$", (ROOT / "deploy" / dockerfile).read_text(), re.MULTILINE)
    assert users
    assert "root" not in users


def test_secrets_are_files(secrets: Path) -> None:
    """Architecture 7: each has a file that is made here; none is a value in the environment or in .env."""
    assert {file.name for file in secrets.iterdir()} == set(COMPOSE["secrets"])
    assert [n for n, entry in COMPOSE["secrets"].items() if plain(entry["file"]) != f"./secrets/{n}"] == []
    secret = re.compile(r"(PASSWORD|SECRET|SECRET_KEY|FERNET_KEY|KEYS|STORE_URL|SQL_ALCHEMY_CONN)$")
    for service in SERVICES.values():
        assert [variable for variable in service.get("environment", ()) if secret.search(variable)] == []
        used = set(re.findall(r"/run/secrets/(\w+)", json.dumps(service)))
        assert used <= set(service.get("secrets", ()))
    assert subprocess.run(["git", "check-ignore", "-q", "secrets/koppel_keys"], cwd=ROOT, check=False).returncode == 0


def test_no_process_of_koppel_knows_an_owner() -> None:
    """Architecture 7: who could change tables, or make databases, is known where that is done and nowhere else."""
    owners = {"koppel_owner_url", "airflow_owner_url", "postgres_password"}
    knowing = {name: owners & set(service.get("secrets", ())) for name, service in SERVICES.items()}
    assert {name: known for name, known in knowing.items() if known} == {
        "postgres": {"postgres_password"},
        "databases": owners,
        "migrate": owners - {"postgres_password"},
    }


VENDORS = ("rompslomp_client_secret", "unit4_client_secret")  # as the others, empty until somebody has one


def test_made_secrets_are_fit_and_stay(secrets: Path) -> None:
    """Architecture 7: nobody but the owner gets into the folder; made again, nothing changes."""
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    again = subprocess.run([ROOT / "deploy" / "secrets.sh", secrets], check=True, capture_output=True)
    assert (again.stdout, {file.name: file.read_text() for file in secrets.iterdir()}) == (b"", before)
    assert [name for name, text in before.items() if text != text.strip()] == []  # Airflow takes a line end for a part
    filled = [text for name, text in before.items() if name not in (*VENDORS, "alerts", "ping_url")]
    assert len(set(filled)) == len(filled)
    for name in ("koppel", "koppel_owner", "airflow", "airflow_owner"):
        url = make_url(before[f"{name}_url"])
        assert (url.username, url.host, url.database) == (name, "postgres", name.removesuffix("_owner"))
    assert json.loads(before["airflow_passwords"]).keys() == {"admin"}


@pytest.mark.parametrize("name", [*KOPPEL, "migrate"])
def test_koppel_starts_with_what_its_container_gives(secrets: Path, name: str) -> None:
    """Architecture 7: the keys open, and the role is the one that is meant."""
    environment = {
        variable: plain(value).replace("/run/secrets", str(secrets))
        for variable, value in SERVICES[name]["environment"].items()
    }
    context = Context.from_environment(Installation.from_environment(environment))
    assert make_url(context.store.url).username == ("koppel_owner" if name == "migrate" else "koppel")


def test_the_proxy_is_believed_and_nobody_else() -> None:
    """Security: its address is the gateway of the containers' network, by which this machine reaches them."""
    api_server = SERVICES["api-server"]
    assert "airflow api-server --proxy-headers\n" in api_server["command"][-1]
    network = ip_network(plain(COMPOSE["networks"]["default"]["ipam"]["config"][0]["subnet"]))
    assert ip_address(plain(api_server["environment"]["FORWARDED_ALLOW_IPS"])) == next(network.hosts())


def test_no_container_serves_logs() -> None:
    """Security: Airflow would serve them on every address; here they are read in a folder that is shared."""
    assert "--skip-serve-logs" in SERVICES["triggerer"]["command"]
    assert "logs:/opt/koppel/airflow/logs" in SERVICES["api-server"]["volumes"]


@pytest.fixture
def named(tmp_path: Path) -> list[Path]:
    """Copies of the files that name images."""
    return [Path(shutil.copy(file, tmp_path)) for file in images.FILES]


def test_images_are_pinned_where_they_are_named(named: list[Path]) -> None:
    """Security: by the digest of today, which takes the place of an older one; what is built here has none."""
    for python, postgres in (DIGESTS[:2], DIGESTS[1:]):
        with stub_server() as registry:
            token = json_reply({"token": "x"})
            by_name = [StubReply(headers={"Docker-Content-Digest": digest}) for digest in (postgres, python)]
            registry.answer(token, by_name[0], token, by_name[1])
            images.pin(named, registry.url, registry.url)
            asked = [request.path for request in registry.seen[1::2]]
        assert asked == ["/v2/library/postgres/manifests/18", "/v2/library/python/manifests/3.12-slim"]
        texts = "".join(file.read_text() for file in named)
        assert re.findall(r"(?:FROM|image:) (\S+@\S+)$", texts, re.MULTILINE) == [
            *[f"postgres:18@{postgres}"] * 2,
            *[f"python:3.12-slim@{python}"] * 2,
        ]
        assert images.unpinned(named) == []
    assert "image: ${IMAGE:-koppel:local}\n" in texts


@pytest.mark.parametrize("reply", [json_reply({"token": "x"}), StubReply(503)])
def test_without_the_registry_nothing_is_pinned(named: list[Path], reply: StubReply) -> None:
    """Security: a digest is never made up; what is not pinned is named."""
    before = [file.read_text() for file in named]
    with stub_server() as registry:
        registry.answer(reply)
        with pytest.raises(requests.RequestException):
            images.pin(named, registry.url, registry.url)
    assert [file.read_text() for file in named] == before


def test_an_audit_holds_every_lock_against_the_advisories() -> None:
    """Security: none is left out, and it says that it takes the network."""
    recipe = subprocess.run(["make", "-n", "audit"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    [locks] = re.findall(r"for lock in (.*?);", recipe)
    assert set(locks.split()) == {file.name for file in ROOT.glob("requirements*.txt")}
    assert "--strict" in recipe
    assert "needs the network" in recipe

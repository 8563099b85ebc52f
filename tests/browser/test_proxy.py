"""Airflow behind the nginx of deploy/nginx.conf: an api-server of its own, with the options of docker-compose.yaml."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Response, expect
from requests.adapters import HTTPAdapter

from local.processes import Processes
from local.stack import PYTHON
from tests.browser.pages import framed
from tests.helpers import nginx
from tests.helpers.nginx import Site
from tests.helpers.running_airflow import RunningAirflow

ELSEWHERE = "127.0.0.5"  # an address of this machine that nobody trusts
FORGED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9;proto=https"}


@dataclass(frozen=True)
class Served:
    """Holds an api-server that stands behind a site: its ``log``, and its ``url`` on this machine."""

    running: RunningAirflow
    site: Site
    url: str
    log: Path

    def client_of(self, query: str) -> str:
        """Return the address that it took the only request with this query to be from."""
        [line] = self.running.wait_for(lambda: [line for line in self.log.read_text().splitlines() if query in line])
        return str(json.loads(line)["client_addr"]).rpartition(":")[0]


@pytest.fixture(scope="module")
def served(running: RunningAirflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("proxy")
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    site = nginx.new_site(folder, port)
    environment = running.stack.environment | {
        "AIRFLOW__API__BASE_URL": site.url,
        "AIRFLOW__LOGGING__JSON_LOGS": "True",
        "FORWARDED_ALLOW_IPS": "127.0.0.1",
    }
    processes = Processes(folder)
    command = [PYTHON, "-m", "local.listen", "airflow", "--proxy-headers"]
    log = processes.start("api-server", command, environment, listener)
    try:
        with nginx.serve(folder):
            version = f"http://127.0.0.1:{port}/api/v2/version"
            running.wait_for(lambda: requests.get(version, timeout=60).ok)
            yield Served(running, site, f"http://127.0.0.1:{port}", log)
    finally:
        processes.stop_all()


class SourceAddress(HTTPAdapter):
    """Sends from one address of this machine."""

    def init_poolmanager(self, *arguments: object, **more: object) -> None:
        super().init_poolmanager(*arguments, **more, source_address=(ELSEWHERE, 0))


@pytest.fixture
def get(served: Served) -> Iterator[Callable[..., requests.Response]]:
    """``get(url)``, as somebody elsewhere who trusts our certificate and follows no redirect."""
    with requests.Session() as session:
        session.mount("https://", SourceAddress())
        session.mount("http://", SourceAddress())
        fixed = {"verify": str(served.site.certificate), "timeout": 60, "allow_redirects": False}
        yield lambda url, **more: session.get(url, **fixed, **more)


def test_a_person_logs_in_through_the_proxy(browser: Browser, served: Served, running: RunningAirflow) -> None:
    """Security: every cookie is for TLS alone, no address leads past the proxy, and our forms are taken for our own."""
    with browser.new_context(ignore_https_errors=True, locale="nl-NL") as context:
        page = context.new_page()
        page.set_default_timeout(20_000)
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(served.site.url)
        page.locator("input[name=username]").fill("admin")
        page.locator("input[name=password]").fill(running.stack.settings.generated["admin_password"])
        page.locator("button[type=submit]").click()
        page.get_by_role("link", name="Koppel").click()
        framed(page).get_by_role("link", name="Bedrijf unit4 & Zn").first.click()
        framed(page).get_by_role("button", name="Pauzeren").click()
        framed(page).get_by_role("button", name="Hervatten").click()
        expect(framed(page).get_by_role("button", name="Pauzeren")).to_be_visible()
        page.goto(f"{served.site.url}/koppel/tenants/unit4/connections")
        page.locator("form[action$=consent] button").click()
        expect(page.locator("a[href*=authorize i]").first).to_be_visible()
        cookies = {cookie["name"]: cookie["secure"] for cookie in context.cookies()}
    assert len(cookies) >= 2, "Airflow's own, and that of the consent"
    assert set(cookies.values()) == {True}, cookies
    sent = [answer for answer in answers if not answer.url.startswith("blob:")]  # Airflow's page makes those itself
    assert [answer.url for answer in sent if not answer.url.startswith(served.site.url)] == []
    assert {answer.headers.get("strict-transport-security") for answer in sent} == {"max-age=31536000"}


def test_without_tls_nothing_is_served(served: Served, get: Callable[..., requests.Response]) -> None:
    """Security: whoever comes without TLS is sent to the same page with it."""
    answer = get(f"{served.site.plain_url}/koppel/log?type=error")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{served.site.url}/koppel/log?type=error")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v2/auth/login", "/api/v2/auth/logout"])
def test_redirects_lead_to_the_proxy(served: Served, get: Callable[..., requests.Response], path: str) -> None:
    """Security: and the cookies that Airflow's server sets are for TLS alone."""
    answer = get(f"{served.site.url}{path}")
    assert answer.status_code in (302, 303, 307)
    assert re.match(rf"({re.escape(served.site.url)})?/", answer.headers["location"]), answer.headers
    assert all("secure" in cookie.lower() for cookie in answer.raw.headers.getlist("set-cookie"))


def test_the_address_of_the_client_is_known(served: Served, get: Callable[..., requests.Response]) -> None:
    """Security: the client's own, whatever it says of itself."""
    get(f"{served.site.url}/api/v2/version?from=plain")
    get(f"{served.site.url}/api/v2/version?from=forged", headers=FORGED)
    assert {served.client_of("from=plain"), served.client_of("from=forged")} == {ELSEWHERE}


def test_headers_of_others_are_not_believed(served: Served, get: Callable[..., requests.Response]) -> None:
    """Security: who reaches the api-server past the proxy cannot be anybody else, nor come by https."""
    answer = get(f"{served.url}/api/v2/auth/logout?from=past", headers=FORGED)
    assert served.client_of("from=past") == ELSEWHERE
    assert "secure" not in answer.headers["set-cookie"].lower()
    trusted = requests.get(f"{served.url}/api/v2/auth/logout", headers=FORGED, timeout=60, allow_redirects=False)
    assert "secure" in trusted.headers["set-cookie"].lower(), "this one comes from where the proxy is"


@pytest.mark.parametrize("path", ["/execution/", "/execution/health", "/execution/task-instances/1/run"])
def test_tasks_are_not_served_through_the_proxy(
    served: Served, get: Callable[..., requests.Response], path: str
) -> None:
    """Security: what is for tasks alone is not to be reached from outside; the answer has HSTS as any other."""
    answer = get(f"{served.site.url}{path}")
    assert answer.status_code == 404
    assert "nginx" in answer.text
    assert answer.headers["strict-transport-security"] == "max-age=31536000"

"""Who gets to see and do what, over all routes (issue of the pages: access); Airflow's real api-server app answers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.routing import APIRoute

from include.context import Context
from include.log.writer import IntegrationLog
from include.tenants.tenant import load
from tests.plugin.airflow_server import PageUser

People = Callable[..., PageUser]
SYNC_BODY: dict[str, Any] = {"json": {"what": ["customers"]}}
GUARDS = {"require_form_token", "require_own_origin"}


OPEN_RIGHTS = {"anybody", "token"}  # the bare health address; and the metrics, which take a token of their own
RIGHTS = {
    ("GET", "/"): "signed_in",
    ("GET", "/health"): "anybody",
    ("GET", "/metrics"): "token",
    ("GET", "/api/health"): "administer",
    ("GET", "/new"): "administer",
    ("POST", "/tenants"): "administer",
    ("GET", "/tenants/{tenant}"): "read",
    ("POST", "/tenants/{tenant}/sync"): "operate",
    ("GET", "/tenants/{tenant}/reconciliation"): "read",
    ("POST", "/tenants/{tenant}/reconcile"): "operate",
    ("POST", "/tenants/{tenant}/pause"): "operate",
    ("POST", "/tenants/{tenant}/resume"): "operate",
    ("POST", "/tenants/{tenant}/deactivate"): "administer",
    ("POST", "/tenants/{tenant}/withdraw"): "administer",
    ("POST", "/tenants/{tenant}/reactivate"): "administer",
    ("GET", "/tenants/{tenant}/activation"): "administer",
    ("GET", "/tenants/{tenant}/activation/preview"): "administer",
    ("GET", "/tenants/{tenant}/activation/progress"): "administer",
    ("POST", "/tenants/{tenant}/activation/wipe"): "administer",
    ("POST", "/tenants/{tenant}/activation/terms"): "administer",
    ("POST", "/tenants/{tenant}/activation/wipe/continue"): "administer",
    ("POST", "/tenants/{tenant}/activation/keep"): "administer",
    ("POST", "/tenants/{tenant}/activation/administration"): "administer",
    ("POST", "/tenants/{tenant}/activation/import"): "administer",
    ("GET", "/tenants/{tenant}/connections"): "administer",
    ("POST", "/tenants/{tenant}/connections/{system}"): "administer",
    ("POST", "/tenants/{tenant}/consent"): "administer",
    ("GET", "/tenants/{tenant}/consent/status"): "administer",
    ("GET", "/callback"): "signed_in",
    ("GET", "/tenants/{tenant}/settings"): "read",
    ("POST", "/tenants/{tenant}/settings/change"): "administer",
    ("POST", "/tenants/{tenant}/settings/check"): "administer",
    ("POST", "/tenants/{tenant}/settings/save"): "administer",
    ("POST", "/tenants/{tenant}/settings/discard"): "administer",
    ("POST", "/tenants/{tenant}/check"): "operate",
    ("GET", "/tenants/{tenant}/timeline"): "read",
    ("GET", "/tenants/{tenant}/work-orders/{work_order:path}/preview"): "read",
    ("POST", "/tenants/{tenant}/work-orders/{work_order:path}/hold"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/{work_order:path}/release"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/{work_order:path}/say-there"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/{work_order:path}/do-not-send"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/{work_order:path}/push"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/retry"): "operate",
    ("POST", "/tenants/{tenant}/work-orders/backfill"): "operate",
    ("GET", "/tenants/{tenant}/cleanup"): "read",
    ("POST", "/tenants/{tenant}/cleanup/{proposal}/approve"): "operate",
    ("POST", "/tenants/{tenant}/cleanup/{proposal}/refuse"): "operate",
    ("POST", "/tenants/{tenant}/cleanup/runs/{run}/restore"): "operate",
    ("POST", "/tenants/{tenant}/problems/{problem}/resolve"): "operate",
    ("GET", "/log"): "signed_in",
    ("GET", "/log/newer"): "signed_in",
    ("GET", "/log.csv"): "signed_in",
    ("GET", "/static/{name}"): "signed_in",
    ("GET", "/api/openapi.json"): "signed_in",
    ("GET", "/api/log"): "signed_in",
    ("GET", "/api/problems"): "signed_in",
    ("GET", "/api/tenants"): "signed_in",
    ("GET", "/api/tenants/{tenant}"): "read",
    ("GET", "/api/tenants/{tenant}/activation/preview"): "administer",
    ("GET", "/api/tenants/{tenant}/reconciliation"): "read",
    ("GET", "/api/tenants/{tenant}/settings"): "read",
    ("GET", "/api/tenants/{tenant}/timeline"): "read",
    ("GET", "/api/tenants/{tenant}/work-orders/{work_order:path}/preview"): "read",
    ("GET", "/api/tenants/{tenant}/cleanup"): "read",
}
FORMS_ONLY = {"/tenants/{tenant}/consent"}  # a person goes to the vendor's page from it
# what is sent as a form can be sent as JSON, with the same right
RIGHTS |= {
    (method, f"/api{path}"): right
    for (method, path), right in RIGHTS.items()
    if method == "POST" and path not in FORMS_ONLY
}
SEGMENTS = {
    "{name}": "koppel.css",
    "{system}": "unit4",
    "{work_order:path}": "2026/1",
    "{proposal}": "1",
    "{run}": "1",
    "{problem}": "1",
}


@dataclass(frozen=True)
class ServedRoute:
    """A route of the app has ``rights`` and ``guards``, which its own dependencies demand."""

    method: str
    path: str
    rights: tuple[str, ...]
    guards: frozenset[str]

    @property
    def changes(self) -> bool:
        """Whether a request to it may change something."""
        return self.method not in ("GET", "HEAD")

    @property
    def is_api(self) -> bool:
        """Whether it takes and gives JSON."""
        return self.path.startswith("/api/")

    def of(self, tenant: str) -> str:
        """Return its path for a tenant, with something in the other places."""
        path = self.path.replace("{tenant}", tenant)
        for place, text in SEGMENTS.items():
            path = path.replace(place, text)
        return path


def routes() -> list[ServedRoute]:
    """Return everything that the app serves."""
    from plugins.koppel.app import app
    from plugins.koppel.security import RightCheck

    served = []
    for route in app.routes:
        assert isinstance(route, APIRoute), f"{route} is no route whose dependencies can be seen"
        checks = [each.dependency for each in route.dependencies]
        rights = tuple(str(check.right) for check in checks if isinstance(check, RightCheck))
        guards = frozenset(str(getattr(check, "__name__", "")) for check in checks)
        served += [ServedRoute(method, route.path, rights, guards & GUARDS) for method in route.methods]
    return served


def form_token(person: PageUser, tenant: str = "jansen") -> str:
    """Return the token in the page's form."""
    page = person.get(f"/tenants/{tenant}").text
    return page.partition('name="token" value="')[2].partition('"')[0]


def body(route: ServedRoute, token: str) -> dict[str, Any]:
    """Return what to send, of the kind that the route takes."""
    if route.is_api:
        return SYNC_BODY
    return {"data": {"what": "customers", "token": token}}


@pytest.fixture
def messages(office: Context) -> None:
    """Write a message of each tenant to the log."""
    for slug in ("jansen", "devries", "smit"):
        log = IntegrationLog(office.store, load(office, slug).id, slug, f"run of {slug}")
        log.write("run.failed", f"record of {slug}", reason="test")


def test_every_route_takes_the_right_of_the_table(person: People) -> None:
    """R6.4, security: the table names every route that the app serves; each has exactly the right of the table."""
    assert {(route.method, route.path): route.rights for route in routes()} == {
        place: () if right in OPEN_RIGHTS else (right,) for place, right in RIGHTS.items()
    }
    assert len(routes()) == len(RIGHTS)


def test_every_route_that_changes_something_has_its_guard(person: People) -> None:
    """Security: forms bring our token, JSON comes from our origin or with a bearer token; reading takes neither."""
    for route in routes():
        guard = "require_own_origin" if route.is_api else "require_form_token"
        assert route.guards == ({guard} if route.changes else set()), route


def test_anonymous_is_refused_everywhere(person: People) -> None:
    """Security: 401 is answered on every route, with a session of nobody and with a forged one."""
    for name in ("", "forged"):
        nobody = person()
        if name:
            nobody.http.cookies.set("_token", "a.b.c", domain="127.0.0.1")
        for route in routes():
            answer = nobody.call(route.method, route.of("jansen"), **(SYNC_BODY if route.changes else {}))
            if RIGHTS[route.method, route.path] in OPEN_RIGHTS:
                assert not {"jansen", "Jansen", "smit"} & set(re.findall(r"\w+", answer.text)), route
                continue
            assert answer.status_code in ((401,) if not name else (401, 403)), (route, answer.status_code)


def test_another_tenant_is_refused(person: People) -> None:
    """403 on each route of a tenant whose DAG the user may not read."""
    user = person("only_jansen")
    token = form_token(user)
    assert token
    for route in (route for route in routes() if "{tenant}" in route.path):
        sent = body(route, token) | {"headers": {"origin": user.origin}} if route.changes else {}
        assert user.call(route.method, route.of("devries"), **sent).status_code == 403, route
        assert user.call(route.method, route.of("no_such"), **sent).status_code == 403, route
        if route.rights in (("read",), ("operate",)):
            assert user.call(route.method, route.of("jansen"), **sent).status_code not in (401, 403), route


@pytest.mark.usefixtures("messages")
def test_lists_hold_what_the_user_may_read(person: People) -> None:
    """Nothing of another tenant's name, records or runs is in any list; asking for it is refused."""
    limited, unlimited = person("only_jansen"), person("viewer")
    for path in (
        "/",
        "/log",
        "/log.csv",
        "/log/newer?after=20200101T000000000000-0",
        "/api/tenants",
        "/api/log",
        "/api/problems",
    ):
        mine, whole = limited.get(path), unlimited.get(path)
        assert (mine.status_code, whole.status_code) == (200, 200), path
        assert "jansen" in mine.text
        assert "smit" in whole.text
        assert not [word for word in ("devries", "De Vries", "smit", "Smit") if word in mine.text], path
    for path in ("/log", "/log.csv", "/api/log", "/api/problems"):
        assert limited.get(f"{path}?tenant=smit").status_code == 403
        assert unlimited.get(f"{path}?tenant=smit").status_code == 200


def test_a_viewer_changes_nothing(person: People) -> None:
    """R6.3: with our own Origin, and a token that would be good; the page offers no button either."""
    viewer, user = person("viewer"), person("user")
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser as Viewer

    from plugins.koppel import csrf

    for route in filter(lambda route: route.changes, routes()):
        sent = body(route, csrf.form_token(Viewer(username="viewer", role="viewer")))
        own = {"origin": viewer.origin}
        assert viewer.call(route.method, route.of("jansen"), headers=own, **sent).status_code == 403, route
    assert form_token(viewer) == ""
    assert form_token(user) != ""


def test_another_site_changes_nothing(person: People) -> None:
    """A foreign or missing Origin, a missing token and one of another user are refused on every route that changes."""
    admin = person("admin")
    token, other = form_token(admin), form_token(person("user"))
    assert token != other
    for route in filter(lambda route: route.changes, routes()):
        path, sent = route.of("jansen"), body(route, token)
        for origin in ("https://evil.example", "null", "", f"{admin.origin}.evil.example", "http://127.0.0.1"):
            headers = {"origin": origin} if origin else {}
            answer = admin.call(route.method, path, headers=headers, **sent)
            assert answer.status_code == 403, (route, origin)
        own = {"origin": admin.origin}
        for wrong in () if route.is_api else ("", other, token[:-2]):
            answer = admin.call(route.method, path, headers=own, **body(route, wrong))
            assert answer.status_code == 403, (route, wrong)
        assert admin.call(route.method, path, headers=own, **sent).status_code not in (401, 403), route


def test_automation_needs_a_bearer_token_only(person: People) -> None:
    """R6.3: no browser adds that by itself, so no Origin is asked for; the run is made in the name of the user."""
    user = person("user")
    user.http.cookies.clear()
    answer = user.call(
        "POST", "/api/tenants/jansen/sync", headers={"authorization": f"Bearer {user.token}"}, **SYNC_BODY
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["result"]["dag_id"] == "sync__jansen"
    run = user.http.get(
        f"{user.origin}/api/v2/dags/sync__jansen/dagRuns/{answer.json()['result']['run_id']}",
        headers={"authorization": f"Bearer {user.token}"},
        timeout=30,
    ).json()
    assert (run["triggering_user_name"], run["conf"]) == ("user", {"what": ["customers"]})


def test_only_who_may_change_connections_administers(person: People) -> None:
    """Security: op and admin may with the simple auth manager; never on a tenant that they may not read."""
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    from plugins.koppel.security import Right, may

    def allowed(name: str, role: str, tenant: str | None = "jansen") -> bool:
        return may(SimpleAuthManagerUser(username=name, role=role), Right.administer, tenant)

    assert [allowed("someone", role) for role in ("viewer", "user", "op", "admin")] == [False, False, True, True]
    assert allowed("only_jansen", "op")
    assert not allowed("only_devries", "op")


def test_every_answer_has_the_headers(person: People) -> None:
    """Security: no answer allows inline script, another host, a frame but Airflow's or keeping; refusals neither."""

    def answers() -> Iterator[Any]:
        for route in routes():
            yield person().call(route.method, route.of("jansen"))
            yield person("admin").call(route.method, route.of("jansen"))

    for answer in answers():
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "referrer-policy" in answer.headers
        kept = "max-age" in answer.headers["cache-control"]
        assert kept == (answer.status_code == 200 and "/static/" in answer.url), answer.url

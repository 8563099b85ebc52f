"""Pages that ask remote systems which hang: Airflow's own answers do not wait for them, and nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
import requests

from include.context import Context
from include.push.worker import push
from tests.helpers.sandboxes import Sandbox
from tests.helpers.snapshots import add_fault
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_anywhere
from tests.plugin.airflow_server import AirflowServer, PageUser

People = Callable[..., PageUser]
SLUGS = ("jansen2", "devries2", "smit2")
PREVIEWS = 120


def previewed(coupled: CoupledTenant) -> str:
    """Return the address of the preview of a work order that is known here."""
    archive_anywhere(coupled)
    push(coupled.context, coupled.tenant, "run")
    number = coupled.control.simon(coupled.key)["WorkOrder"][0]["Number"]
    return f"/api/tenants/{coupled.slug}/work-orders/{number}/preview"


def test_airflow_answers_while_previews_hang(
    person: People, pages: Context, couple: CoupleTenant, sandbox: Sandbox, served: AirflowServer
) -> None:
    """Architecture 4: many more previews than Airflow has threads; those that find no place are told so."""
    from plugins.koppel.asking import AT_ONCE

    paths = [previewed(couple("unit4", slug=slug)) for slug in SLUGS]
    add_fault(sandbox, kind="delay", path="WorkOrder", delay_ms=3_000, count=-1)
    viewer = person("viewer")

    def preview(path: str) -> requests.Response:
        headers = {"accept-language": "en"}
        return requests.get(viewer.root + path, cookies={"_token": viewer.token}, headers=headers, timeout=120)

    with ThreadPoolExecutor(PREVIEWS) as threads:
        asked = [threads.submit(preview, paths[n % len(paths)]) for n in range(PREVIEWS)]
        refused = next(each for each in iter_done(asked) if each.status_code == 503)
        version = requests.get(f"{served.address}/api/v2/version", timeout=120)
        hanging = [each for each in asked if not each.done()]
        answers = [each.result() for each in asked]
    assert version.status_code == 200
    assert len(hanging) >= AT_ONCE, "Airflow answered only once the previews were over"
    assert refused.json()["title"] == "Busy"
    assert "Try again" in refused.json()["detail"]
    assert {each.status_code for each in answers} == {200, 503}
    assert preview(paths[0]).status_code == 200  # the places were given back


def iter_done(asked: list[Any]) -> Any:
    """Yield the answers as they come."""
    left = set(asked)
    while left:
        done, left = wait(left, return_when="FIRST_COMPLETED")
        yield from (each.result() for each in done)


@pytest.mark.usefixtures("served")
def test_one_tenant_does_not_take_all_places() -> None:
    """R8.1: what one tenant's pages ask leaves places for the others; a place is taken once and given back once."""
    from plugins.koppel.asking import AT_ONCE, OF_ONE_TENANT, Places

    places = Places()
    assert [places.take("jansen") for _ in range(OF_ONE_TENANT + 1)] == [True] * OF_ONE_TENANT + [False]
    others = [places.take(f"other_{n}") for n in range(AT_ONCE)]
    assert others.count(True) == AT_ONCE - OF_ONE_TENANT
    with pytest.raises(RuntimeError), places.leaving("jansen"):
        raise RuntimeError
    assert [places.take("jansen"), places.take("jansen")] == [True, False]


def test_a_page_has_a_deadline(
    person: People, pages: Context, couple: CoupleTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R7.2: a system that hangs is named when the time of the page is over, which is shorter than that of a run."""
    from plugins.koppel import asking

    path = previewed(couple("rompslomp", slug="jansen2"))
    monkeypatch.setattr(asking, "DEADLINE_S", 0.5)
    add_fault(sandbox, kind="delay", path="WorkOrder", delay_ms=600_000, count=-1)
    answer = person("viewer").get(path)
    assert answer.status_code == 409
    assert "Simple-Simon" in answer.json()["detail"]

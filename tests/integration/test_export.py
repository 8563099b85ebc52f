"""koppel tenants export: one tenant's data as files, whole, private, and without what opens its systems (R8.1)."""

import json
from pathlib import Path

import pytest

from include.errors import InvalidInput
from include.lifecycle.deletion import count_rows
from include.lifecycle.export import export_tenant
from include.push.worker import push
from include.store.exporting import SEALED
from include.sync.pipeline import sync
from tests.helpers.packages import PACKAGES
from tests.helpers.tenants import CoupledTenant, CoupleTenant
from tests.helpers.work_orders import archive_anywhere


@pytest.fixture(params=PACKAGES)
def used(couple: CoupleTenant, request: pytest.FixtureRequest) -> CoupledTenant:
    """A tenant with master data and a booked work order, beside another one."""
    other, used = couple("rompslomp", slug="other"), couple(request.param, slug="used")
    for coupled in (other, used):
        sync(coupled.context, coupled.tenant, "sync")
        archive_anywhere(coupled)
        push(coupled.context, coupled.tenant, "push")
    return used


def test_all_of_one_tenant_and_nothing_else(used: CoupledTenant, tmp_path: Path) -> None:
    """R8.1: each row of each table that is this tenant's, of nobody else, and no key to anything."""
    counted = {table: rows for table, rows in count_rows(used.context, used.tenant).items() if table not in SEALED}
    folder = tmp_path / "new" / "used"
    written = export_tenant(used.context, used.tenant, folder, by="anna")
    assert {table: rows for table, rows in written.items() if rows} == counted
    rows = {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in folder.iterdir()}
    assert {table: len(lines) for table, lines in rows.items()} == written
    assert {row["tenant_id"] for lines in rows.values() for row in lines if "tenant_id" in row} == {used.tenant.id}
    everything = "".join(file.read_text() for file in folder.iterdir())
    assert rows["ledger"][0]["document_id"]
    access = used.control.access["simon"]
    assert not [secret for secret in (access["api_key"], used.key) if secret in everything]
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}
    assert [row.values["by"] for row in used.log() if row.code == "coupling.exported"] == ["anna"]


def test_nothing_is_written_over(used: CoupledTenant, tmp_path: Path) -> None:
    """R4.4: a folder with something in it, and a file in its place, are refused by name."""
    (tmp_path / "mine.txt").write_text("mine")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(InvalidInput, match=r"^folder: "):
            export_tenant(used.context, used.tenant, folder, by="anna")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]

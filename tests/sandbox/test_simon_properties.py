"""Simple-Simon's sandbox under random use: never a 5xx, ids once only, the data always sound (contract 5, 7 and 8)."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.simple_simon.schema import ENTITIES, EntitySchema, Member
from tests.helpers.sandboxes import Sandbox
from tests.sandbox.simon_api import SimonApi

QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
WRITABLE = [entity for entity in ENTITIES.values() if entity.writable]
TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(["", " ", "O'Neill & Zn.", "a/b", "\x00", "é" * 120, "'"]))
DATES = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | st.just("2026-11-21T10:00:00+01:00")
NUMBERS = st.integers(-(10**6), 10**6) | st.decimals(-999, 999, places=3).map(float)


def values_of(member: Member) -> st.SearchStrategy[Any]:
    """Anything of the right type."""
    if member.choices:
        return st.sampled_from(member.choices)
    plain: dict[str, st.SearchStrategy[Any]] = {
        "text": TEXTS,
        "int": st.integers(1, 200) if member.refers_to else st.integers(-5, 200),
        "decimal": NUMBERS,
        "bool": st.booleans(),
        "date": DATES,
    }
    return plain[member.kind]


def bodies(entity: EntitySchema) -> st.SearchStrategy[dict[str, Any]]:
    members = [member for member in entity.members if not member.read_only]
    required = {member.name: values_of(member) for member in members if member.required}
    optional = {member.name: st.none() | values_of(member) for member in members if not member.required}
    return st.fixed_dictionaries(required, optional=optional)


STEPS = st.sampled_from(WRITABLE).flatmap(
    lambda entity: st.tuples(
        st.just(entity), st.sampled_from(["POST", "POST", "PUT", "DELETE"]), bodies(entity), st.integers(0, 30)
    )
)


def resolved(entity: EntitySchema, body: dict[str, Any], data: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The body with its foreign keys pointing at records that are there, where there are any."""
    keys = {name: ENTITIES[entity.name].by_name[name].refers_to for name in body}
    return {
        name: data[keys[name]][value % len(data[keys[name]])]["Id"]
        if keys[name] and value and data[keys[name]]
        else value
        for name, value in body.items()
    }


def check_sound(data: dict[str, list[dict[str, Any]]]) -> None:
    """References lead somewhere, statuses and dates agree, and minutes are what the dates give."""
    ids = {name: {row["Id"] for row in rows} for name, rows in data.items()}
    for name, rows in data.items():
        assert len(ids[name]) == len(rows)
        for member in (m for m in ENTITIES[name].members if m.refers_to):
            assert {row[member.name] for row in rows} - {None} <= ids[member.refers_to]
    for order in data["WorkOrder"]:
        planning = [row for row in data["Planning"] if row["WorkOrderId"] == order["Id"]]
        assert (order["ArchiveDate"] is not None) == (order["Status"] == "Archived")
        if order["Status"] == "New":
            assert order["ReadyDate"] is None
        if order["Id"] > 5012:
            assert order["PlannedStart"] == min((row["StartDate"] for row in planning), default=None)
    for sheet in data["TimeSheet"]:
        assert sheet["Minutes"] is not None


@QUICK
@given(steps=st.lists(STEPS, min_size=3, max_size=15))
def test_random_writes(sandbox: Sandbox, steps: list[Any]) -> None:
    """Contract 5, 7 and 8: whatever is written, the answer is documented, the data sound and no id comes twice."""
    sandbox.server.reset()
    api = SimonApi(sandbox)
    seen = {name: {row["Id"] for row in rows} for name, rows in api.data().items()}
    for entity, method, body, place in steps:
        data = api.data()
        rows = data[entity.name]
        if method != "POST" and not rows:
            continue
        path = entity.name if method == "POST" else f"{entity.name}({rows[place % len(rows)]['Id']})"
        answer = api.call(method, path, None if method == "DELETE" else resolved(entity, body, data))
        assert answer.status_code in (200, 201, 204, 400, 409), answer.text
        if answer.status_code == 201:
            assert answer.json()["Id"] not in seen[entity.name]
            seen[entity.name].add(answer.json()["Id"])
        if answer.status_code in (400, 409):
            assert api.data() == data
    check_sound(api.data())


NAMES = st.sampled_from(["Id", "Code", "Description", "Active", "ItemGroupId", "MutationDate", "Nothing"])
WORDS = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le", "and", "or", "not", "(", ")", ",", "null", "true"])
LITERALS = st.sampled_from(["1", "-2.5", "'ONT-7'", "'it''s'", "''", "2026-11-21T10:00:00Z", "2026-11-21", "'"])
CALLS = st.sampled_from(["contains(Code,'O')", "tolower(Description)", "startswith(Id,'1')", "length(Code)"])
PARTS = st.lists(st.one_of(NAMES, WORDS, LITERALS, CALLS, st.text(max_size=3)), max_size=7).map(" ".join)
OPTIONS = {
    "$filter": PARTS,
    "$orderby": st.sampled_from(["Id", "Code desc,Id", "Active,Unit", "x", ",", "desc"]) | st.text(max_size=9),
    "$top": st.integers(-1, 20).map(str) | st.text(max_size=3),
    "$skip": st.integers(-1, 20).map(str),
    "$select": st.sampled_from(["Id", "Code,Id", "*", "ItemGroup", ""]) | st.text(max_size=5),
    "$expand": st.sampled_from(["ItemGroup", "x"]),
    "$count": st.sampled_from(["true", "false", "1"]),
    "$skiptoken": st.text(max_size=12),
}


@QUICK
@given(options=st.lists(st.fixed_dictionaries({}, optional=OPTIONS), min_size=3, max_size=15))
def test_random_queries(sandbox: Sandbox, options: list[dict[str, str]]) -> None:
    """Contract 5: whatever is asked, a query is answered or refused with 400."""
    api = SimonApi(sandbox)
    for params in options:
        answer = api.call("GET", "Item", **params)
        assert answer.status_code in (200, 400), (params, answer.text)


@QUICK
@given(
    size=st.integers(1, 14),
    order=st.sampled_from(
        ["Id desc", "Code", "Code desc", "ItemGroupId,Unit desc", "Active,VatCode desc,MutationDate"]
    ),
    gone=st.sets(st.integers(10, 21)),
)
def test_random_paging(sandbox: Sandbox, size: int, order: str, gone: set[int]) -> None:
    """Contract 5: in any order, with rows going meanwhile, each row that stays comes exactly once."""
    sandbox.server.reset()
    api = SimonApi(sandbox)
    expected = api.ids("Item", orderby=order)
    api.switch(page_size=size)
    page = api.get("Item", orderby=order)
    ids = [row["Id"] for row in page["value"]]
    deleted = {id for id in gone if api.call("DELETE", f"Item({id})").status_code == 204}
    while "@odata.nextLink" in page:
        page = api.get(page["@odata.nextLink"])
        ids += [row["Id"] for row in page["value"]]
    assert [id for id in ids if id not in deleted] == [id for id in expected if id not in deleted]
    assert len(ids) == len(set(ids))

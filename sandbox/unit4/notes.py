"""Routes about notes, which belong to a relation and not to an order (contract 11)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4.calls import Call, whole
from sandbox.unit4.layout import Row
from sandbox.unit4.records import NOTE
from sandbox.unit4.refusals import Check, missing
from sandbox.unit4.wire import filled


def _found(call: Call, key: str) -> Row:
    row = call.books.notes.get(whole(key) or 0)
    if row is None:
        raise missing(call.world, "Notitie", key)
    return row


def get_note(call: Call, key: str) -> Row:
    return filled(NOTE, _found(call, key))


def post_note(call: Call) -> Row:
    check = call.check()
    row = NOTE.read(call.json(), check)
    _checked(call, row, check)
    check.done()
    row["noteId"] = call.books.number("note")
    row.setdefault("date", call.world.clock.local().date())
    call.books.notes[row["noteId"]] = row
    return filled(NOTE, row)


def put_note(call: Call, key: str) -> Row:
    old = _found(call, key)
    check = call.check()
    row = (old if call.switch("put_missing") == "keep" else {}) | NOTE.read(call.json(), check)
    _checked(call, row, check)
    check.done()
    call.books.notes[old["noteId"]] = row | {"noteId": old["noteId"]}
    return get_note(call, key)


def _checked(call: Call, row: Row, check: Check) -> None:
    if (customer := row.get("customerId", "")) and call.books.customers.get(customer) is None:
        check.problem("customerId", "Unknown", f"Debiteur {customer} bestaat niet.")
    if (organization := row.get("organizationId", 0)) and call.books.organization(organization) is None:
        check.problem("organizationId", "Unknown", f"Relatie {organization} bestaat niet.")


def delete_note(call: Call, key: str) -> Response:
    del call.books.notes[_found(call, key)["noteId"]]
    return Response(b"", int(call.switch("delete_status")))


def note_list(call: Call, key: str) -> list[Row]:
    return [filled(NOTE, row) for row in call.books.notes.values() if str(row.get("organizationId", 0)) == key]


ROUTES: dict[str, Any] = {
    "GET {database}/Note/{noteId}": get_note,
    "POST {database}/Note": post_note,
    "PUT {database}/Note/{noteId}": put_note,
    "DELETE {database}/Note/{noteId}": delete_note,
    "GET {database}/NoteList/{organizationId}": note_list,
}

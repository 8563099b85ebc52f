"""Routes about notes, which belong to a relation and not to an order (contract 11)."""

from typing import Any

from starlette.responses import Response

from sandbox.unit4.call import Unit4Call, whole
from sandbox.unit4.errors import Validation, missing
from sandbox.unit4.layout import Row
from sandbox.unit4.records import NOTE
from sandbox.unit4.wire import filled


def _note(call: Unit4Call, key: str) -> Row:
    row = call.administration.notes.get(whole(key) or 0)
    if row is None:
        raise missing(call.world, "Notitie", key)
    return row


def get_note(call: Unit4Call, key: str) -> Row:
    return filled(NOTE, _note(call, key))


def post_note(call: Unit4Call) -> Row:
    validation = call.validation()
    row = NOTE.read(call.json(), validation)
    _checked(call, row, validation)
    validation.done()
    row["noteId"] = call.administration.number("note")
    row.setdefault("date", call.world.clock.local().date())
    call.administration.notes[row["noteId"]] = row
    return filled(NOTE, row)


def put_note(call: Unit4Call, key: str) -> Row:
    old = _note(call, key)
    validation = call.validation()
    row = (old if call.switch("put_missing") == "keep" else {}) | NOTE.read(call.json(), validation)
    _checked(call, row, validation)
    validation.done()
    call.administration.notes[old["noteId"]] = row | {"noteId": old["noteId"]}
    return get_note(call, key)


def _checked(call: Unit4Call, row: Row, validation: Validation) -> None:
    if (customer := row.get("customerId", "")) and call.administration.customers.get(customer) is None:
        validation.problem("customerId", "Unknown", f"Debiteur {customer} bestaat niet.")
    if (organization := row.get("organizationId", 0)) and call.administration.organization(organization) is None:
        validation.problem("organizationId", "Unknown", f"Relatie {organization} bestaat niet.")


def delete_note(call: Unit4Call, key: str) -> Response:
    del call.administration.notes[_note(call, key)["noteId"]]
    return Response(b"", int(call.switch("delete_status")))


def note_list(call: Unit4Call, key: str) -> list[Row]:
    return [filled(NOTE, row) for row in call.administration.notes.values() if str(row.get("organizationId", 0)) == key]


ROUTES: dict[str, Any] = {
    "GET {database}/Note/{noteId}": get_note,
    "POST {database}/Note": post_note,
    "PUT {database}/Note/{noteId}": put_note,
    "DELETE {database}/Note/{noteId}": delete_note,
    "GET {database}/NoteList/{organizationId}": note_list,
}

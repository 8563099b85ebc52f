"""Hours and rides: plain registrations that nothing else refers to (contract 9.8, 9.9)."""

from decimal import Decimal
from typing import Any

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.resource import RowTest, Writable, put
from sandbox.rompslomp.rows import Hour, Ride
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.tables import RompslompTable
from sandbox.rompslomp.values import boolean, cents, day, dec, iso, iso_moment, moment, text, whole

_HOUR = {
    "client_id": whole,
    "project_id": whole,
    "date": day,
    "started_at": moment,
    "ended_at": moment,
    "description": text,
}
_RIDE = {
    "departure_address": text,
    "visiting_address": text,
    "km_start": whole,
    "km_end": whole,
    "private": boolean,
    "date": day,
}


class Hours(Writable[Hour]):
    singular, plural, model, scope = "hour", "hours", "Tijdsslot", "manage:hours"
    shape = BodyShape(
        _HOUR,
        frozenset({"id", "calculated_duration", "calculated_duration_without_pause", "calculated_ended_at"}),
    )

    def table(self, call: RompslompCall) -> RompslompTable[Hour]:
        return call.company.hours

    def blank(self, call: RompslompCall) -> Hour:
        return Hour()

    def fill(self, call: RompslompCall, draft: Hour, payload: dict[str, Any]) -> list[str]:
        put(draft, payload, tuple(_HOUR))
        problems = []
        if draft.date is None:
            problems.append("Date moet opgegeven zijn")
        if draft.started_at is None:
            problems.append("Started at moet ingevuld zijn")
        elif draft.ended_at is not None and draft.ended_at < draft.started_at:
            problems.append("Ended at moet na started at liggen")
        unknown = draft.client_id is not None and call.company.contacts.get(draft.client_id) is None
        if "client_id" in payload and unknown and call.switch("hour_client_is_contact"):
            problems.append("Client bestaat niet")
        return problems

    def keep(self, call: RompslompCall, draft: Hour, payload: dict[str, Any]) -> None:
        """Change nothing else: no record depends on it."""

    def render(self, call: RompslompCall, row: Hour) -> dict[str, Any]:
        ended_at = row.ended_at or row.started_at
        seconds = (ended_at - row.started_at).total_seconds() if ended_at and row.started_at else 0
        duration = dec(cents(Decimal(seconds) / 3600))
        return {
            "id": row.id,
            "client_id": row.client_id,
            "project_id": row.project_id,
            "calculated_duration": duration,
            "calculated_duration_without_pause": duration,
            "calculated_ended_at": iso_moment(ended_at),
            "date": iso(row.date),
            "started_at": iso_moment(row.started_at),
            "ended_at": iso_moment(row.ended_at),
            "description": row.description,
        }


class Rides(Writable[Ride]):
    singular, plural, model, scope = "ride", "rides", "Rit", "manage:rides"
    selections = ("all", "business")
    shape = BodyShape(_RIDE, frozenset({"id"}))

    def table(self, call: RompslompCall) -> RompslompTable[Ride]:
        return call.company.rides

    def selected(self, call: RompslompCall, selection: str) -> RowTest[Ride] | None:
        return None if selection == "all" else lambda ride: not ride.private

    def blank(self, call: RompslompCall) -> Ride:
        return Ride()

    def fill(self, call: RompslompCall, draft: Ride, payload: dict[str, Any]) -> list[str]:
        put(draft, payload, tuple(_RIDE))
        problems = []
        if draft.date is None:
            problems.append("Date moet opgegeven zijn")
        if draft.km_end is None:
            problems.append("Eindstand teller moet opgegeven zijn")
        elif draft.km_end < (draft.km_start or 0):
            problems.append("Eindstand teller moet na de beginstand liggen")
        return problems

    def keep(self, call: RompslompCall, draft: Ride, payload: dict[str, Any]) -> None:
        """Change nothing else: no record depends on it."""

    def render(self, call: RompslompCall, row: Ride) -> dict[str, Any]:
        return {
            "id": row.id,
            "departure_address": row.departure_address,
            "visiting_address": row.visiting_address,
            "km_start": row.km_start,
            "km_end": row.km_end,
            "private": row.private,
            "date": iso(row.date),
        }

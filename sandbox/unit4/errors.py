"""How the API says no: a status and one of the error bodies of contract 5."""

from typing import Any

from sandbox.world import World


class Unit4Error(Exception):
    """The request gets this status and body instead of its answer."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, body, headers


def message(text: str, rule: str, path: str = "") -> dict[str, str]:
    """Make one entry of ``messages``."""
    return {"exceptionId": rule, "message": text, "messageType": "Error", "path": path}


def single_error(status: int, text: str, rule: str, path: str = "") -> Unit4Error:
    """Return an error with a single message."""
    return Unit4Error(status, {"messages": [message(text, rule, path)]})


def not_allowed(method: str, *offered: str) -> Unit4Error:
    """Return the error for a method that a route does not know, with those that it does."""
    text = f"Deze route kent de methode {method} niet."
    return Unit4Error(405, {"Message": text}, {"Allow": ", ".join(sorted(offered))})


def missing(world: World, title: str, key: str) -> Unit4Error:
    """Return the error for a key that is not there (contract 5; open question 5 of contract 14)."""
    choice = world.switches["unit4.missing_key"]
    if choice == "null":
        return Unit4Error(200, None)
    return single_error(int(choice), f"{title} {key} bestaat niet.", "NotFound")


def hidden(world: World, title: str, key: str) -> Unit4Error:
    """Return the error for a record that the user has no rights to; not documented, so a switch."""
    if world.switches["unit4.hidden_record"] == 404:
        return missing(world, title, key)
    return single_error(403, f"U heeft geen rechten op {title.lower()} {key}.", "NoRights")


class Validation:
    """Collects what is wrong with a request, so that all of it is told at once and nothing changes before."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._messages: list[dict[str, str]] = []

    def problem(self, path: str, rule: str, text: str) -> None:
        self._messages.append(message(text, rule, path))

    def done(self) -> None:
        """Raise Unit4Error when there was a problem."""
        if self._messages:
            raise Unit4Error(int(self.world.switches["unit4.refusal_status"]), {"messages": self._messages})


_OF_STATUS = {
    401: {"message": "Authorization has been denied for this request."},
    403: {"messages": [message("U heeft geen rechten voor deze aanroep.", "NoRights")]},
    404: {"messages": [message("Dit bestaat niet.", "NotFound")]},
    429: {"messages": [message("Er zijn te veel aanvragen.", "TooMany")]},
    500: {"messages": [message("Er is een onverwachte fout opgetreden.", "Unexpected")]},
    503: {"messages": [message("De dienst is tijdelijk niet beschikbaar.", "Unavailable")]},
}


def of_status(status: int) -> Unit4Error:
    """Return the error for a status when nothing more is known (contract 5)."""
    return Unit4Error(status, _OF_STATUS.get(status, {"messages": [message("De aanvraag is geweigerd.", "Refused")]}))

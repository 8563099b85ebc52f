"""What the API refuses and in which words: one exception, with the error types of contract 6."""

from collections.abc import Iterable

INVALID_TOKEN = "client.authentication.invalid_token"


class RompslompError(Exception):
    """Answered as ``{"error": {"type", "message"}}``; the status follows from the type."""

    def __init__(self, kind: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.kind, self.message, self.headers = kind, message, headers or {}


def no_such_endpoint() -> RompslompError:
    return RompslompError("client.not_found.endpoint", "Dit adres bestaat niet.")


def not_found(model: str) -> RompslompError:
    return RompslompError("client.not_found.resource", f"{model} is niet gevonden.")


def missing_scope(scope: str) -> RompslompError:
    return RompslompError("client.authorization.invalid_scope", f"Voor deze aanroep is de scope {scope} nodig.")


def access_denied(why: str) -> RompslompError:
    return RompslompError("client.authorization.access_denied", why)


def invalid_value(name: str) -> RompslompError:
    return RompslompError("client.parameters.invalid_parameter_value", f"Invalid value for parameter: {name}.")


def missing_parameter(name: str) -> RompslompError:
    return RompslompError("client.parameters.missing_parameter", f"Missing parameter: {name}.")


def unpermitted(name: str) -> RompslompError:
    return RompslompError("client.parameters.unpermitted_parameters", f"Unpermitted parameter: {name}.")


def malformed_json() -> RompslompError:
    return RompslompError("client.parameters.malformed_json", "De inhoud van het verzoek is geen geldige JSON.")


def invalid(model: str, problems: Iterable[str]) -> RompslompError:
    """Return the error of a record that breaks a rule; ``problems`` are sentences without their full stop."""
    return RompslompError("client.parameters.validation", f"{model} is invalid: " + " ".join(f"{p}." for p in problems))


def too_many(retry_after_s: int) -> RompslompError:
    headers = {"Retry-After": str(retry_after_s)}
    return RompslompError("client.rate_limit", "Er zijn te veel verzoeken gedaan.", headers)


def no_token(kind: str) -> RompslompError:
    return RompslompError(kind, "Er is geen geldig access token meegegeven.", {"WWW-Authenticate": _REALM})


def bad_token(kind: str, why: str) -> RompslompError:
    challenge = f'{_REALM}, error="invalid_token", error_description="{why}"'
    return RompslompError(kind, why, {"WWW-Authenticate": challenge})


_REALM = 'Bearer realm="Rompslomp API v1"'


_OF_STATUS = {
    401: bad_token(INVALID_TOKEN, "Het access token is verlopen."),
    403: access_denied("Deze aanroep is niet toegestaan."),
    404: RompslompError("client.not_found.resource", "Dit is niet gevonden."),
    422: RompslompError("client.parameters.validation", "Het verzoek is ongeldig."),
    429: RompslompError("client.rate_limit", "Er zijn te veel verzoeken gedaan."),
}


def of_status(status: int) -> RompslompError:
    """Return the error for a status when nothing more is known (contract 6)."""
    usual = (
        RompslompError("server", "Er is iets misgegaan.")
        if status >= 500
        else RompslompError("client", "Het verzoek kan niet.")
    )
    return _OF_STATUS.get(status, usual)

"""What a call is refused with; each interface writes it in its own form (contract 5 and 6)."""


class SimonError(Exception):
    """An answer other than success: HTTP status, the error code of the odata interface, and one sentence."""

    def __init__(self, status: int, code: str, message: str, allow: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.allow = status, code, message, allow


def invalid(message: str) -> SimonError:
    return SimonError(400, "ValidationError", message)


def bad_query(message: str) -> SimonError:
    return SimonError(400, "BadQuery", message)


def unauthorized(message: str) -> SimonError:
    return SimonError(401, "Unauthorized", message)


def forbidden(message: str) -> SimonError:
    return SimonError(403, "Forbidden", message)


def not_found(message: str) -> SimonError:
    return SimonError(404, "NotFound", message)


def not_allowed(*allowed: str) -> SimonError:
    """Return 405; the verbs that are offered go into the Allow header."""
    return SimonError(405, "MethodNotAllowed", f"Use {' or '.join(allowed)} here", ", ".join(allowed))


def conflict(message: str) -> SimonError:
    return SimonError(409, "Conflict", message)


def not_implemented(option: str) -> SimonError:
    return SimonError(501, "NotImplemented", f"{option} is not offered")


_CODES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    429: "TooManyRequests",
    501: "NotImplemented",
    503: "Unavailable",
}


def of_status(status: int) -> SimonError:
    """Return the error for a status when nothing more is known (contract 5)."""
    usual, text = ("ServerError", "The service cannot answer now") if status >= 500 else ("ValidationError", "Refused")
    return SimonError(status, _CODES.get(status, usual), text)

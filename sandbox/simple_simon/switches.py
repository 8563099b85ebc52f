"""The assumptions of Simple-Simon's contract that change behaviour, each with the contract's default."""

from sandbox.switches import Switch

# contract 11, the table of switches
_CONTRACT = [
    Switch(
        "simon.date_style",
        "iso_z",
        "How dates are written: UTC with Z, without zone in local time, or /Date(ms+zone)/.",
        ("iso_z", "iso_naive_local", "ms_date"),
    ),
    Switch(
        "simon.update_semantics",
        "replace",
        "Whether an update empties the members it does not name, or keeps them.",
        ("replace", "merge"),
    ),
    Switch("simon.page_size", 100, "How many rows a page of an odata listing holds at most (1 or more)."),
    Switch("simon.clock_ahead_s", 0, "How many seconds Simon's clock is ahead of ours."),
    Switch("simon.clock_behind_s", 0, "How many seconds Simon's clock is behind ours."),
    Switch("simon.token_lifetime_s", 1200, "How many seconds a token is good for."),
    Switch("simon.licence_active", True, "Whether the user's licence is active this month; if not, every call is 403."),
    Switch("simon.api_released", True, "Whether support released the API for the licence; if not, every call is 403."),
    Switch(
        "simon.delete_mode",
        "hard",
        "Whether a deleted master record is gone, or stays with Active false and a new MutationDate.",
        ("hard", "soft"),
    ),
    Switch(
        "simon.child_touches_parent",
        False,
        "Whether a change of a work order's child row gives the work order a new MutationDate.",
    ),
    Switch(
        "simon.unique_external_id",
        False,
        "Whether a second record with the same ExternalId in an entity is refused (409).",
    ),
    Switch("simon.upper_case_names", False, "Whether a Name is kept in capitals, whatever was written."),
    Switch("simon.allow_patch", False, "Whether odata takes PATCH, as a merge."),
    Switch("simon.enforce_lengths", True, "Whether text that is too long is refused (400)."),
    Switch(
        "simon.pdf_style",
        "raw",
        "How a PDF is answered: application/pdf, octet stream, base64 in a JSON object, or base64 as a JSON string.",
        ("raw", "octet_stream", "base64_json", "base64_string"),
    ),
    Switch(
        "simon.tie_mutation_dates",
        False,
        "Whether MutationDate is rounded down to ten seconds, so that several rows have the same value.",
    ),
]

# contract 3, the dialect table
_DIALECT = [
    Switch("simon.login_path", "login", "The path below the base address where a token is fetched."),
    Switch("simon.token_header", "Token", "The request header that carries the token."),
    Switch("simon.apikey_header", "ApiKey", "The request header that carries the API key (odata only)."),
    Switch(
        "simon.entity_set",
        "singular",
        "Whether an odata entity set is called as its entity, or with an s added.",
        ("singular", "plural"),
    ),
    Switch(
        "simon.key_style",
        "parentheses",
        "How odata addresses one record: Entity(123) or Entity/123.",
        ("parentheses", "slash"),
    ),
    Switch(
        "simon.local_zone",
        "Europe/Amsterdam",
        "The zone of dates that are written in local time.",
        ("Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "Africa/Johannesburg", "UTC"),
    ),
    Switch(
        "simon.status_values",
        "New,Planned,InProgress,Ready,Archived",
        "The five status texts in the order of a work order's life, with commas between.",
    ),
    Switch("simon.time_types", "Travel,Work", "The texts of TimeType for travel and for work, with a comma between."),
    Switch(
        "simon.user_types", "Office,Field", "The texts of UserType for office and field users, with a comma between."
    ),
]

# what the contract calls uncertain elsewhere, and wants the product to survive
_UNCERTAIN = [
    Switch(
        "simon.login_answer",
        "object",
        "The form of the log-in answer: Token and Expires, an object with another name, a JSON string, or plain text.",
        ("object", "other_name", "json_string", "text"),
    ),
    Switch("simon.login_expires", True, "Whether the log-in answer says when the token expires."),
    Switch("simon.login_cancels_older", False, "Whether logging in again cancels the user's older tokens."),
    Switch("simon.external_id", True, "Whether records have an ExternalId at all."),
    Switch("simon.archived_external_id", True, "Whether ExternalId of an archived work order can still be written."),
    Switch("simon.archived_closed", True, "Whether an archived work order and its rows refuse changes (409)."),
    Switch(
        "simon.customer_from_location",
        True,
        "Whether a work order without CustomerId gets the customer of its location.",
    ),
    Switch("simon.expand", True, "Whether odata knows $expand; if not, it is 400."),
    Switch("simon.server_paging", True, "Whether odata cuts listings into pages; if not, a listing comes whole."),
    Switch(
        "simon.put_answer",
        "record",
        "What PUT answers: 200 with the record, or 204 with nothing.",
        ("record", "nothing"),
    ),
    Switch("simon.delete_status", 204, "The status odata answers a deletion with.", (204, 200)),
    Switch("simon.blocked_refuses", True, "Whether a blocked customer gets no new work orders (400)."),
    Switch("simon.prices", True, "Whether prices are activated; if not, Price of used items is always null."),
    Switch(
        "simon.error_body",
        "contract",
        "The form of refusals: as each interface has it, ExceptionMessage, problem+json, plain text or HTML.",
        ("contract", "exception_message", "problem", "text", "html"),
    ),
]

SWITCHES: list[Switch] = [*_CONTRACT, *_DIALECT, *_UNCERTAIN]

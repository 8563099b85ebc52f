"""What things are called on the screen: kinds of records, states of entries and removals, fields of access, rules."""

from collections.abc import Mapping

from include.messages import Language, Severity
from include.streams import STREAMS, Label
from plugins.koppel.language import N_, translations

NOUNS: Mapping[str, Label] = {stream.table: stream.singular for stream in STREAMS.values()} | {
    stream.name: stream.plural for stream in STREAMS.values()
}
LABELS: Mapping[str, str] = {
    "work_order": N_("Work order"),
    "settings": N_("Settings"),
    "connection": N_("Connection"),
    "work_orders": N_("Work orders"),
    "cleanup": N_("Clean-up"),
    "contacts": N_("Contacts"),
    "equipment": N_("Equipment"),
}
# the labels of the members of an enum, by the name of the filter that the templates use
STATES: Mapping[str, Mapping[str, str]] = {
    "severity": {
        Severity.INFO: N_("Information"),
        Severity.SUCCESS: N_("Success"),
        Severity.WARNING: N_("Warning"),
        Severity.ERROR: N_("Error"),
    },
    "ledger_state": {
        "ready": N_("To do"),
        "claimed": N_("Being handled"),
        "sending": N_("Being sent"),
        "unknown": N_("Being looked up"),
        "confirmed": N_("Booked"),
        "rejected": N_("To be repaired"),
        "held": N_("To be decided"),
        "skipped": N_("Not sent"),
    },
    "removal_reason": {
        "deleted": N_("gone from the package"),
        "inactive": N_("not active any more"),
        "outside_filter": N_("outside the filters"),
        "hand_made": N_("added by hand"),
        "wiped": N_("emptied at the activation"),
    },
    "removal_state": {
        "planned": N_("to be removed"),
        "proposed": N_("waits for approval"),
        "exported": N_("being removed"),
        "deleted": N_("removed"),
        "inactive": N_("made inactive"),
        "in_use": N_("left: in use"),
        "skipped": N_("left: wanted after all"),
        "restoring": N_("being put back"),
        "restored": N_("put back"),
        "abandoned": N_("not done"),
    },
    "run_kind": {
        "cleanup": N_("Clean-up"),
        "removal": N_("Proposal"),
        "wipe": N_("Emptying"),
        "restore": N_("Putting back"),
    },
}
RULES: Mapping[str, str] = {
    "work_description": N_("work description (setting)"),
    "default_article": N_("default article (setting)"),
    "used_article": N_("used article of the work order"),
    "travel_time": N_("travel time of the work order"),
    "work_time": N_("work time of the work order"),
    "memo": N_("memo (setting)"),
}
# the fields of the forms for access; one that a connector has beside these is shown under its own name
ACCESS_FIELDS: Mapping[str, str] = {
    "base": N_("Address of the API"),
    "dialect": N_("Generation of the API"),
    "key": N_("Licence code"),
    "usr": N_("User"),
    "pwd": N_("Password"),
    "api_key": N_("API key"),
    "api": N_("Address of the API"),
    "access_token": N_("Personal token"),
}


def label(word: str, language: Language) -> str:
    """Return what a kind of record is called; a word that has no label is shown as it is."""
    if word in NOUNS:
        return NOUNS[word].text(language).capitalize()
    return str(translations(language).gettext(LABELS[word])) if word in LABELS else word


def state_label(kind: str, state: str, language: Language) -> str:
    """Return what a state is called, of one of the kinds in STATES; one that has no label is shown as it is."""
    labels = STATES[kind]
    return str(translations(language).gettext(labels[state])) if state in labels else state

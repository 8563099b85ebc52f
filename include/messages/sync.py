"""Messages on master data and its filters."""

from include.messages.message import Severity, message
from include.messages.words import FIELD_NAMES, RECORD_KINDS, STREAM_NAMES

SYNC = [
    message(
        "sync.stream_done",
        Severity.SUCCESS,
        "settings",
        nl=(
            "{stream}: {read} gelezen, {new} nieuw, {changed} gewijzigd, {same} gelijk, {left_out} buiten het filter, "
            "{rejected} afgekeurd.",
            "",
        ),
        en=(
            "{stream}: {read} read, {new} new, {changed} changed, {same} same, {left_out} outside the filter, "
            "{rejected} rejected.",
            "",
        ),
        words={"stream": STREAM_NAMES},
    ),
    message(
        "sync.text_shortened",
        Severity.WARNING,
        "customer",
        nl=(
            "Veld {field} van {record} is ingekort tot {length} tekens, want langer past niet in {system}.",
            "Kort de tekst in het boekhoudpakket in als het ingekorte deel nodig is.",
        ),
        en=(
            "{field} of {record} was shortened to {length} characters, which is all that {system} takes.",
            "Shorten the text in the accounting package if the part that was cut is needed.",
        ),
        words={"field": FIELD_NAMES},
    ),
    message(
        "sync.record_refused",
        Severity.ERROR,
        "customer",
        nl=(
            "{system} weigert {record}: {reason}.",
            "Verbeter het gegeven in het boekhoudpakket; het gaat bij de volgende synchronisatie vanzelf mee.",
        ),
        en=(
            "{system} refuses {record}: {reason}.",
            "Correct it in the accounting package; it comes along by itself with the next synchronisation.",
        ),
    ),
    message(
        "sync.too_many_refused",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} weigert de ene na de andere van {record} ({count} achter elkaar); er is gestopt.",
            "Bekijk de meldingen hiervoor; is de oorzaak weg, synchroniseer dan opnieuw.",
        ),
        en=(
            "{system} refuses one after the other of {record} ({count} in a row); the run stopped.",
            "Look at the messages before this one; when the cause is gone, synchronise again.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "sync.record_unreadable",
        Severity.ERROR,
        "customer",
        nl=(
            "{record} uit {system} kan niet worden gelezen: {reason}.",
            "Verbeter het gegeven in het boekhoudpakket en synchroniseer opnieuw.",
        ),
        en=(
            "{record} of {system} cannot be read: {reason}.",
            "Correct it in the accounting package and synchronise again.",
        ),
    ),
    message(
        "sync.parent_missing",
        Severity.ERROR,
        "work_address",
        nl=(
            "{record} kan nog niet naar Simple-Simon, want {parent_kind} {parent} staat er nog niet in.",
            "Synchroniseer ook {parent_stream}.",
        ),
        en=(
            "{record} cannot go to Simple-Simon yet, because {parent_kind} {parent} is not there.",
            "Synchronise {parent_stream} as well.",
        ),
        words={"parent_kind": RECORD_KINDS, "parent_stream": STREAM_NAMES},
    ),
    message(
        "sync.renumbered",
        Severity.INFO,
        "customer",
        nl=("Nummer {before} heet nu {after} in het boekhoudpakket; Simple-Simon volgt.", ""),
        en=("Number {before} is {after} now in the accounting package; Simple-Simon follows.", ""),
    ),
    message(
        "sync.relinked",
        Severity.WARNING,
        "customer",
        nl=(
            "{before} staat nu als {after} in het boekhoudpakket; de koppeling met Simple-Simon is meegegaan.",
            "Controleer in Simple-Simon of het om dezelfde gaat.",
        ),
        en=(
            "{before} is {after} now in the accounting package; its link with Simple-Simon went along.",
            "Check in Simple-Simon that it is the same one.",
        ),
    ),
    message(
        "sync.listing_unstable",
        Severity.WARNING,
        "customer",
        nl=(
            "De lijst {record} van {system} veranderde steeds terwijl hij werd gelezen.",
            "Niets: er wordt vanzelf opnieuw gelezen.",
        ),
        en=(
            "The list {record} of {system} kept changing while it was read.",
            "Nothing: it is read again by itself.",
        ),
        words={"record": STREAM_NAMES},
    ),
    message(
        "sync.duplicates_found",
        Severity.WARNING,
        "customer",
        nl=(
            "Simple-Simon heeft {count} records met externe sleutel {record}; het laagste nummer ({simon_id}) telt.",
            "Verwijder de andere in Simple-Simon.",
        ),
        en=(
            "Simple-Simon holds {count} records with external key {record}; the lowest number ({simon_id}) counts.",
            "Remove the others in Simple-Simon.",
        ),
    ),
    message(
        "filter.group_unknown",
        Severity.WARNING,
        "settings",
        nl=(
            "Artikelgroep '{record}' uit het filter bestaat niet in het boekhoudpakket.",
            "Pas het filter aan of maak de artikelgroep aan.",
        ),
        en=(
            "Article group '{record}' of the filter does not exist in the accounting package.",
            "Change the filter or make the article group.",
        ),
    ),
    message(
        "filter.group_near_miss",
        Severity.WARNING,
        "settings",
        nl=(
            "Artikelgroep '{record}' uit het filter bestaat niet; bedoelt u '{near}' ({count} artikelen)?",
            "Neem de naam precies over, ook hoofdletters en spaties.",
        ),
        en=(
            "Article group '{record}' of the filter does not exist; did you mean '{near}' ({count} articles)?",
            "Copy the name exactly, capitals and spaces included.",
        ),
    ),
    message(
        "filter.type_excluded",
        Severity.WARNING,
        "settings",
        nl=(
            "Artikeltype '{record}' komt nooit over: alle {count} artikelen ervan zitten in groepen buiten het filter.",
            "Stem het filter op artikelgroepen en dat op artikeltypen op elkaar af.",
        ),
        en=(
            "Article type '{record}' never comes over: all {count} of its articles are in groups outside the filter.",
            "Bring the filter on article groups and the one on article types in line.",
        ),
    ),
]

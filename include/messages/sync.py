"""Messages on master data and its filters."""

from include.messages.message import message

SYNC = [
    message(
        "sync.stream_done",
        "success",
        "settings",
        (
            "{stream}: {read} gelezen, {new} nieuw, {changed} gewijzigd, {same} gelijk, {left_out} buiten het filter, "
            "{rejected} afgekeurd.",
            "",
        ),
        (
            "{stream}: {read} read, {new} new, {changed} changed, {same} same, {left_out} outside the filter, "
            "{rejected} rejected.",
            "",
        ),
    ),
    message(
        "sync.text_shortened",
        "warning",
        "customer",
        (
            "Veld {field} van {record} is ingekort tot {length} tekens, want langer past niet in {system}.",
            "Kort de tekst in het boekhoudpakket in als het ingekorte deel nodig is.",
        ),
        (
            "{field} of {record} was shortened to {length} characters, which is all that {system} takes.",
            "Shorten the text in the accounting package if the part that was cut is needed.",
        ),
    ),
    message(
        "sync.record_refused",
        "error",
        "customer",
        (
            "{system} weigert {record}: {reason}.",
            "Verbeter het gegeven in het boekhoudpakket; het gaat bij de volgende synchronisatie vanzelf mee.",
        ),
        (
            "{system} refuses {record}: {reason}.",
            "Correct it in the accounting package; it comes along by itself with the next synchronisation.",
        ),
    ),
    message(
        "sync.too_many_refused",
        "error",
        "connection",
        (
            "{system} weigert de ene na de andere van {record} ({count} achter elkaar); er is gestopt.",
            "Bekijk de meldingen hiervoor; is de oorzaak weg, synchroniseer dan opnieuw.",
        ),
        (
            "{system} refuses one after the other of {record} ({count} in a row); the run stopped.",
            "Look at the messages before this one; when the cause is gone, synchronise again.",
        ),
    ),
    message(
        "sync.record_unreadable",
        "error",
        "customer",
        (
            "{record} uit {system} kan niet worden gelezen: {reason}.",
            "Verbeter het gegeven in het boekhoudpakket en synchroniseer opnieuw.",
        ),
        (
            "{record} of {system} cannot be read: {reason}.",
            "Correct it in the accounting package and synchronise again.",
        ),
    ),
    message(
        "sync.parent_missing",
        "error",
        "work_address",
        (
            "{record} kan nog niet naar Simple-Simon, want {parent} staat er nog niet in.",
            "Synchroniseer ook {parent_stream}.",
        ),
        (
            "{record} cannot go to Simple-Simon yet, because {parent} is not there.",
            "Synchronise {parent_stream} as well.",
        ),
    ),
    message(
        "sync.renumbered",
        "info",
        "customer",
        ("Nummer {before} heet nu {after} in het boekhoudpakket; Simple-Simon volgt.", ""),
        ("Number {before} is {after} now in the accounting package; Simple-Simon follows.", ""),
    ),
    message(
        "sync.relinked",
        "warning",
        "customer",
        (
            "{before} staat nu als {after} in het boekhoudpakket; de koppeling met Simple-Simon is meegegaan.",
            "Controleer in Simple-Simon of het om dezelfde gaat.",
        ),
        (
            "{before} is {after} now in the accounting package; its link with Simple-Simon went along.",
            "Check in Simple-Simon that it is the same one.",
        ),
    ),
    message(
        "sync.listing_moves",
        "warning",
        "customer",
        (
            "De lijst {record} van {system} veranderde steeds terwijl hij werd gelezen.",
            "Niets: er wordt vanzelf opnieuw gelezen.",
        ),
        (
            "The list {record} of {system} kept changing while it was read.",
            "Nothing: it is read again by itself.",
        ),
    ),
    message(
        "sync.several_found",
        "warning",
        "customer",
        (
            "Simple-Simon heeft {count} records met externe sleutel {record}; het laagste nummer ({simon_id}) telt.",
            "Verwijder de andere in Simple-Simon.",
        ),
        (
            "Simple-Simon holds {count} records with external key {record}; the lowest number ({simon_id}) counts.",
            "Remove the others in Simple-Simon.",
        ),
    ),
    message(
        "filter.group_unknown",
        "warning",
        "settings",
        (
            "Artikelgroep '{record}' uit het filter bestaat niet in het boekhoudpakket.",
            "Pas het filter aan of maak de artikelgroep aan.",
        ),
        (
            "Article group '{record}' of the filter does not exist in the accounting package.",
            "Change the filter or make the article group.",
        ),
    ),
    message(
        "filter.group_near_miss",
        "warning",
        "settings",
        (
            "Artikelgroep '{record}' uit het filter bestaat niet; bedoelt u '{near}' ({count} artikelen)?",
            "Neem de naam precies over, ook hoofdletters en spaties.",
        ),
        (
            "Article group '{record}' of the filter does not exist; did you mean '{near}' ({count} articles)?",
            "Copy the name exactly, capitals and spaces included.",
        ),
    ),
    message(
        "filter.type_shut_out",
        "warning",
        "settings",
        (
            "Artikeltype '{record}' komt nooit over: alle {count} artikelen ervan zitten in groepen buiten het filter.",
            "Stem het filter op artikelgroepen en dat op artikeltypen op elkaar af.",
        ),
        (
            "Article type '{record}' never comes over: all {count} of its articles are in groups outside the filter.",
            "Bring the filter on article groups and the one on article types in line.",
        ),
    ),
]

"""Messages on what became of a work order in the package: its document, and whether that is still right."""

from include.messages.message import Severity, message

DOCUMENT = [
    message(
        "work_order.booked",
        Severity.SUCCESS,
        "work_order",
        nl=("Werkbon {record} staat in {system} als {document}.", ""),
        en=("Work order {record} is in {system} as {document}.", ""),
    ),
    message(
        "work_order.already_booked",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} stond al in {system} als {document}; er is geen tweede gemaakt.", ""),
        en=("Work order {record} was in {system} already as {document}; no second one was made.", ""),
    ),
    message(
        "work_order.archived_again",
        Severity.WARNING,
        "work_order",
        nl=(
            "Werkbon {record} is opnieuw gearchiveerd, maar stond al in {system} als {document}.",
            "Verwerk wat er veranderd is met de hand in {document}; is dat verwijderd, laat dan opnieuw verzenden.",
        ),
        en=(
            "Work order {record} was archived again, but was in {system} already as {document}.",
            "Carry what changed into {document} by hand; if that was removed, have the work order pushed again.",
        ),
    ),
    message(
        "work_order.refused",
        Severity.ERROR,
        "work_order",
        nl=(
            "{system} weigert werkbon {record}: {reason}.",
            "Verbeter wat {system} noemt; de werkbon wordt vanzelf opnieuw aangeboden.",
        ),
        en=(
            "{system} refuses work order {record}: {reason}.",
            "Correct what {system} names; the work order is offered again by itself.",
        ),
    ),
    message(
        "work_order.outcome_unknown",
        Severity.WARNING,
        "work_order",
        nl=(
            "Het is niet zeker of werkbon {record} in {system} is aangekomen.",
            "Niets: voor er opnieuw wordt verzonden, wordt in {system} gezocht.",
        ),
        en=(
            "It is not certain that work order {record} arrived in {system}.",
            "Nothing: {system} is searched before anything is sent again.",
        ),
    ),
    message(
        "work_order.duplicate_documents",
        Severity.ERROR,
        "work_order",
        nl=(
            "Werkbon {record} staat {count} keer in {system}: {documents}.",
            "Verwijder de dubbele in {system}; de koppeling maakt er geen bij.",
        ),
        en=(
            "Work order {record} is {count} times in {system}: {documents}.",
            "Remove the double ones in {system}; the coupling adds none.",
        ),
    ),
    message(
        "work_order.edited_after_booking",
        Severity.WARNING,
        "work_order",
        nl=(
            "Werkbon {record} is gewijzigd en opnieuw gearchiveerd, maar stond al in {system} als {document}.",
            "Verwerk wat er veranderd is met de hand in {document}; is dat verwijderd, laat dan opnieuw verzenden.",
        ),
        en=(
            "Work order {record} was changed and archived again, but was in {system} already as {document}.",
            "Carry what changed into {document} by hand; if that was removed, have the work order pushed again.",
        ),
    ),
    message(
        "work_order.unarchived",
        Severity.WARNING,
        "work_order",
        nl=(
            "Werkbon {record} is uit het archief gehaald, maar staat al in {system} als {document}.",
            "Verwerk wat er nog verandert met de hand in {document}; opnieuw archiveren maakt geen tweede.",
        ),
        en=(
            "Work order {record} was taken out of the archive, but is in {system} already as {document}.",
            "Carry what changes into {document} by hand; archiving it again makes no second one.",
        ),
    ),
    message(
        "work_order.document_differs",
        Severity.ERROR,
        "work_order",
        nl=(
            "Het is niet zeker of {document} in {system} werkbon {record} is: {found} (verzonden → gevonden).",
            "Is het deze werkbon, sluit dan deze melding; zo niet, verwijder {document} en geef de werkbon vrij.",
        ),
        en=(
            "It is not certain that {document} in {system} is work order {record}: {found} (sent → found).",
            "If it is, leave it and close this problem; if not, remove {document} and release the work order.",
        ),
    ),
    message(
        "work_order.found_edited",
        Severity.WARNING,
        "work_order",
        nl=(
            "{document} in {system} is anders dan werkbon {record} nu zou worden: {found} (verwacht → gevonden).",
            "Controleer {document}; er is geen tweede gemaakt.",
        ),
        en=(
            "{document} in {system} is not what work order {record} would be now: {found} (expected → found).",
            "Check {document}; no second one was made.",
        ),
    ),
    message(
        "work_order.totals_differ",
        Severity.WARNING,
        "work_order",
        nl=(
            "{document} in {system}, van werkbon {record}, is {found}; verwacht was {expected}"
            " (zonder / met btw, regels).",
            "Controleer {document}. Een prijsafspraak of korting van de klant kan het verschil verklaren.",
        ),
        en=(
            "{document} in {system}, of work order {record}, is {found}; {expected} was expected"
            " (without / with VAT, lines).",
            "Check {document}. A price agreement or discount of the customer may explain the difference.",
        ),
    ),
    message(
        "work_order.document_removed",
        Severity.INFO,
        "work_order",
        nl=("{document} van werkbon {record} staat niet meer in {system}; {by} laat de werkbon opnieuw verzenden.", ""),
        en=("{document} of work order {record} is no longer in {system}; {by} has the work order sent again.", ""),
    ),
]

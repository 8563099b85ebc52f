"""Messages on work orders and their documents."""

from include.messages.message import message

WORK_ORDER = [
    message(
        "work_order.booked",
        "success",
        "work_order",
        ("Werkbon {record} staat in {system} als {document}.", ""),
        ("Work order {record} is in {system} as {document}.", ""),
    ),
    message(
        "work_order.found_booked",
        "info",
        "work_order",
        ("Werkbon {record} stond al in {system} als {document}; er is geen tweede gemaakt.", ""),
        ("Work order {record} was in {system} already as {document}; no second one was made.", ""),
    ),
    message(
        "work_order.filtered",
        "info",
        "work_order",
        ("Werkbon {record} is niet verzonden: de omschrijving bevat het filterwoord '{word}'.", ""),
        ("Work order {record} was not sent: its description contains the filter word '{word}'.", ""),
    ),
    message(
        "work_order.archived_again",
        "warning",
        "work_order",
        (
            "Werkbon {record} is opnieuw gearchiveerd, maar stond al in {system} als {document}.",
            "Verwerk wat er veranderd is met de hand in {document}; is dat verwijderd, laat dan opnieuw verzenden.",
        ),
        (
            "Work order {record} was archived again, but was in {system} already as {document}.",
            "Carry what changed into {document} by hand; if that was removed, have the work order pushed again.",
        ),
    ),
    message(
        "work_order.no_customer",
        "error",
        "work_order",
        (
            "Op werkbon {record} staat geen klant.",
            "Haal de werkbon uit het archief, kies een klant uit het boekhoudpakket en archiveer opnieuw.",
        ),
        (
            "Work order {record} has no customer.",
            "Take the work order out of the archive, choose a customer of the accounting package, archive it again.",
        ),
    ),
    message(
        "work_order.customer_not_linked",
        "error",
        "work_order",
        (
            "De klant op werkbon {record} komt niet uit het boekhoudpakket.",
            "Haal de werkbon uit het archief, kies een klant uit het boekhoudpakket en archiveer opnieuw.",
        ),
        (
            "The customer of work order {record} does not come from the accounting package.",
            "Take the work order out of the archive, choose a customer of the accounting package, archive it again.",
        ),
    ),
    message(
        "work_order.customer_inactive",
        "error",
        "work_order",
        (
            "Klant {customer} op werkbon {record} is niet actief in het boekhoudpakket.",
            "Maak de klant weer actief, of kies een andere klant op de werkbon.",
        ),
        (
            "Customer {customer} of work order {record} is not active in the accounting package.",
            "Make the customer active again, or choose another customer on the work order.",
        ),
    ),
    message(
        "work_order.address_elsewhere",
        "error",
        "work_order",
        (
            "Het werkadres op werkbon {record} hoort niet bij de klant.",
            "Koppel het werkadres in Simple-Simon aan de klant van de werkbon, of kies een werkadres van die klant.",
        ),
        (
            "The work address of work order {record} does not belong to its customer.",
            "Attach the work address to the work order's customer in Simple-Simon, or choose one of that customer.",
        ),
    ),
    message(
        "work_order.article_free_text",
        "error",
        "work_order",
        (
            "Op werkbon {record} staat materiaal dat geen artikel is: '{article}'.",
            "Vervang het op de werkbon door een artikel uit het boekhoudpakket en archiveer opnieuw.",
        ),
        (
            "Work order {record} has material that is no article: '{article}'.",
            "Replace it by an article of the accounting package and archive the work order again.",
        ),
    ),
    message(
        "work_order.article_not_linked",
        "error",
        "work_order",
        (
            "Artikel '{article}' op werkbon {record} komt niet uit het boekhoudpakket.",
            "Vervang het op de werkbon door een artikel uit het boekhoudpakket en archiveer opnieuw.",
        ),
        (
            "Article '{article}' of work order {record} does not come from the accounting package.",
            "Replace it by an article of the accounting package and archive the work order again.",
        ),
    ),
    message(
        "work_order.article_inactive",
        "error",
        "work_order",
        (
            "Artikel '{article}' op werkbon {record} is niet actief in het boekhoudpakket.",
            "Maak het artikel weer actief, of vervang het op de werkbon.",
        ),
        (
            "Article '{article}' of work order {record} is not active in the accounting package.",
            "Make the article active again, or replace it on the work order.",
        ),
    ),
    message(
        "work_order.setting_article_unknown",
        "error",
        "settings",
        (
            "Artikel '{article}' van de instelling {setting} bestaat niet of is niet actief; werkbon {record} wacht.",
            "Kies bij de instellingen een bestaand, actief artikel.",
        ),
        (
            "Article '{article}' of the setting {setting} does not exist or is not active; work order {record} waits.",
            "Choose an existing, active article in the settings.",
        ),
    ),
    message(
        "work_order.nothing_to_book",
        "error",
        "work_order",
        (
            "Op werkbon {record} staat niets dat geboekt kan worden.",
            "Boek artikelen of tijd op de werkbon en archiveer opnieuw, of stel een standaardartikel in.",
        ),
        (
            "Work order {record} holds nothing that can be booked.",
            "Book articles or time on the work order and archive it again, or set a default article.",
        ),
    ),
    message(
        "work_order.time_unknown",
        "error",
        "work_order",
        (
            "Op werkbon {record} staat tijd die geen reistijd en geen werktijd is.",
            "Boek de tijd op de werkbon als reistijd of als werktijd en archiveer opnieuw.",
        ),
        (
            "Work order {record} has time that is neither travel time nor work time.",
            "Book the time on the work order as travel or work time, and archive it again.",
        ),
    ),
    message(
        "work_order.time_negative",
        "error",
        "work_order",
        (
            "De tijden op werkbon {record} zijn samen minder dan nul ({minutes} minuten).",
            "Haal de werkbon uit het archief, verbeter de tijden en archiveer opnieuw.",
        ),
        (
            "The times of work order {record} add up to less than nothing ({minutes} minutes).",
            "Take the work order out of the archive, correct the times, archive it again.",
        ),
    ),
    message(
        "work_order.refused",
        "error",
        "work_order",
        (
            "{system} weigert werkbon {record}: {reason}.",
            "Verbeter wat {system} noemt; de werkbon wordt vanzelf opnieuw aangeboden.",
        ),
        (
            "{system} refuses work order {record}: {reason}.",
            "Correct what {system} names; the work order is offered again by itself.",
        ),
    ),
    message(
        "work_order.no_payment_condition",
        "error",
        "work_order",
        (
            "Klant {customer} van werkbon {record} heeft geen betalingsconditie.",
            "Vul bij de klant een betalingsconditie in, of stel er een in voor klanten die er geen hebben.",
        ),
        (
            "Customer {customer} of work order {record} has no payment condition.",
            "Give the customer a payment condition, or set one for customers that have none.",
        ),
    ),
    message(
        "work_order.answer_lost",
        "warning",
        "work_order",
        (
            "Het is niet zeker of werkbon {record} in {system} is aangekomen.",
            "Niets: voor er opnieuw wordt verzonden, wordt in {system} gezocht.",
        ),
        (
            "It is not certain that work order {record} arrived in {system}.",
            "Nothing: {system} is searched before anything is sent again.",
        ),
    ),
    message(
        "work_order.several_documents",
        "error",
        "work_order",
        (
            "Werkbon {record} staat {count} keer in {system}: {documents}.",
            "Verwijder de dubbele in {system}; de koppeling maakt er geen bij.",
        ),
        (
            "Work order {record} is {count} times in {system}: {documents}.",
            "Remove the double ones in {system}; the coupling adds none.",
        ),
    ),
    message(
        "work_order.gone",
        "info",
        "work_order",
        ("Werkbon {record} is niet verzonden: hij is uit het archief gehaald of verwijderd.", ""),
        ("Work order {record} was not sent: it was taken out of the archive, or removed.", ""),
    ),
    message(
        "work_order.edited_after_booking",
        "warning",
        "work_order",
        (
            "Werkbon {record} is gewijzigd en opnieuw gearchiveerd, maar stond al in {system} als {document}.",
            "Verwerk wat er veranderd is met de hand in {document}; is dat verwijderd, laat dan opnieuw verzenden.",
        ),
        (
            "Work order {record} was changed and archived again, but was in {system} already as {document}.",
            "Carry what changed into {document} by hand; if that was removed, have the work order pushed again.",
        ),
    ),
    message(
        "work_order.unarchived",
        "warning",
        "work_order",
        (
            "Werkbon {record} is uit het archief gehaald, maar staat al in {system} als {document}.",
            "Verwerk wat er nog verandert met de hand in {document}; opnieuw archiveren maakt geen tweede.",
        ),
        (
            "Work order {record} was taken out of the archive, but is in {system} already as {document}.",
            "Carry what changes into {document} by hand; archiving it again makes no second one.",
        ),
    ),
    message(
        "work_order.vat_unknown",
        "error",
        "work_order",
        (
            "Artikel {article} op werkbon {record} heeft btw-code {vat_code}, en die kent {system} niet.",
            "Geef het artikel in {system} een bestaande btw-code; de werkbon gaat daarna vanzelf mee.",
        ),
        (
            "Article {article} of work order {record} has VAT code {vat_code}, which {system} does not know.",
            "Give the article an existing VAT code in {system}; the work order then goes by itself.",
        ),
    ),
    message(
        "work_order.document_differs",
        "error",
        "work_order",
        (
            "Het is niet zeker of {document} in {system} werkbon {record} is: {found} (verzonden → gevonden).",
            "Is het deze werkbon, sluit dan deze melding; zo niet, verwijder {document} en geef de werkbon vrij.",
        ),
        (
            "It is not certain that {document} in {system} is work order {record}: {found} (sent → found).",
            "If it is, leave it and close this problem; if not, remove {document} and release the work order.",
        ),
    ),
    message(
        "work_order.found_edited",
        "warning",
        "work_order",
        (
            "{document} in {system} is anders dan werkbon {record} nu zou worden: {found} (verwacht → gevonden).",
            "Controleer {document}; er is geen tweede gemaakt.",
        ),
        (
            "{document} in {system} is not what work order {record} would be now: {found} (expected → found).",
            "Check {document}; no second one was made.",
        ),
    ),
    message(
        "work_order.totals_differ",
        "warning",
        "work_order",
        (
            "{document} in {system}, van werkbon {record}, is {found}; verwacht was {expected}"
            " (zonder / met btw, regels).",
            "Controleer {document}. Een prijsafspraak of korting van de klant kan het verschil verklaren.",
        ),
        (
            "{document} in {system}, of work order {record}, is {found}; {expected} was expected"
            " (without / with VAT, lines).",
            "Check {document}. A price agreement or discount of the customer may explain the difference.",
        ),
    ),
    message(
        "work_order.unforeseen",
        "error",
        "work_order",
        (
            "Werkbon {record} kan niet worden verwerkt: {reason}, {count} keer achter elkaar; de andere gaan door.",
            "Geef dit bericht met de taaklog door aan de beheerder van de koppeling; geef de werkbon daarna vrij.",
        ),
        (
            "Work order {record} cannot be handled: {reason}, {count} times in a row; the others go on.",
            "Pass this message and the task log to whoever runs the coupling; release the work order afterwards.",
        ),
    ),
    message(
        "work_order.held",
        "info",
        "work_order",
        ("Werkbon {record} wordt vastgehouden door {by}.", ""),
        ("Work order {record} is held by {by}.", ""),
    ),
    message(
        "work_order.released",
        "info",
        "work_order",
        ("Werkbon {record} is vrijgegeven door {by}.", ""),
        ("Work order {record} was released by {by}.", ""),
    ),
    message(
        "work_order.document_removed",
        "info",
        "work_order",
        ("{document} van werkbon {record} staat niet meer in {system}; {by} laat de werkbon opnieuw verzenden.", ""),
        ("{document} of work order {record} is no longer in {system}; {by} has the work order sent again.", ""),
    ),
]

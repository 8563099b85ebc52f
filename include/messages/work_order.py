"""Messages on work orders: why one is not sent, and what people did with it."""

from include.messages.message import Severity, message

WORK_ORDER = [
    message(
        "work_order.before_activation",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} is niet verzonden: hij is gearchiveerd voordat de koppeling (weer) actief werd.", ""),
        en=("Work order {record} was not sent: it was archived before the coupling became active (again).", ""),
    ),
    message(
        "work_order.filtered",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} is niet verzonden: de omschrijving bevat het filterwoord '{word}'.", ""),
        en=("Work order {record} was not sent: its description contains the filter word '{word}'.", ""),
    ),
    message(
        "work_order.no_customer",
        Severity.ERROR,
        "work_order",
        nl=(
            "Op werkbon {record} staat geen klant.",
            "Haal de werkbon uit het archief, kies een klant uit het boekhoudpakket en archiveer opnieuw.",
        ),
        en=(
            "Work order {record} has no customer.",
            "Take the work order out of the archive, choose a customer of the accounting package, archive it again.",
        ),
    ),
    message(
        "work_order.customer_not_linked",
        Severity.ERROR,
        "work_order",
        nl=(
            "De klant op werkbon {record} komt niet uit het boekhoudpakket.",
            "Haal de werkbon uit het archief, kies een klant uit het boekhoudpakket en archiveer opnieuw.",
        ),
        en=(
            "The customer of work order {record} does not come from the accounting package.",
            "Take the work order out of the archive, choose a customer of the accounting package, archive it again.",
        ),
    ),
    message(
        "work_order.customer_inactive",
        Severity.ERROR,
        "work_order",
        nl=(
            "Klant {customer} op werkbon {record} is niet actief in het boekhoudpakket.",
            "Maak de klant weer actief, of kies een andere klant op de werkbon.",
        ),
        en=(
            "Customer {customer} of work order {record} is not active in the accounting package.",
            "Make the customer active again, or choose another customer on the work order.",
        ),
    ),
    message(
        "work_order.address_of_another_customer",
        Severity.ERROR,
        "work_order",
        nl=(
            "Het werkadres op werkbon {record} hoort niet bij de klant.",
            "Koppel het werkadres in Simple-Simon aan de klant van de werkbon, of kies een werkadres van die klant.",
        ),
        en=(
            "The work address of work order {record} does not belong to its customer.",
            "Attach the work address to the work order's customer in Simple-Simon, or choose one of that customer.",
        ),
    ),
    message(
        "work_order.article_free_text",
        Severity.ERROR,
        "work_order",
        nl=(
            "Op werkbon {record} staat materiaal dat geen artikel is: '{article}'.",
            "Vervang het op de werkbon door een artikel uit het boekhoudpakket en archiveer opnieuw.",
        ),
        en=(
            "Work order {record} has material that is no article: '{article}'.",
            "Replace it by an article of the accounting package and archive the work order again.",
        ),
    ),
    message(
        "work_order.article_not_linked",
        Severity.ERROR,
        "work_order",
        nl=(
            "Artikel '{article}' op werkbon {record} komt niet uit het boekhoudpakket.",
            "Vervang het op de werkbon door een artikel uit het boekhoudpakket en archiveer opnieuw.",
        ),
        en=(
            "Article '{article}' of work order {record} does not come from the accounting package.",
            "Replace it by an article of the accounting package and archive the work order again.",
        ),
    ),
    message(
        "work_order.article_inactive",
        Severity.ERROR,
        "work_order",
        nl=(
            "Artikel '{article}' op werkbon {record} is niet actief in het boekhoudpakket.",
            "Maak het artikel weer actief, of vervang het op de werkbon.",
        ),
        en=(
            "Article '{article}' of work order {record} is not active in the accounting package.",
            "Make the article active again, or replace it on the work order.",
        ),
    ),
    message(
        "work_order.setting_article_unknown",
        Severity.ERROR,
        "settings",
        nl=(
            "Artikel '{article}' van de instelling {setting} bestaat niet of is niet actief; werkbon {record} wacht.",
            "Kies bij de instellingen een bestaand, actief artikel.",
        ),
        en=(
            "Article '{article}' of the setting {setting} does not exist or is not active; work order {record} waits.",
            "Choose an existing, active article in the settings.",
        ),
    ),
    message(
        "work_order.nothing_to_book",
        Severity.ERROR,
        "work_order",
        nl=(
            "Op werkbon {record} staat niets dat geboekt kan worden.",
            "Boek artikelen of tijd op de werkbon en archiveer opnieuw, of stel een standaardartikel in.",
        ),
        en=(
            "Work order {record} holds nothing that can be booked.",
            "Book articles or time on the work order and archive it again, or set a default article.",
        ),
    ),
    message(
        "work_order.time_unknown",
        Severity.ERROR,
        "work_order",
        nl=(
            "Op werkbon {record} staat tijd die geen reistijd en geen werktijd is.",
            "Boek de tijd op de werkbon als reistijd of als werktijd en archiveer opnieuw.",
        ),
        en=(
            "Work order {record} has time that is neither travel time nor work time.",
            "Book the time on the work order as travel or work time, and archive it again.",
        ),
    ),
    message(
        "work_order.time_negative",
        Severity.ERROR,
        "work_order",
        nl=(
            "De tijden op werkbon {record} zijn samen minder dan nul ({minutes} minuten).",
            "Haal de werkbon uit het archief, verbeter de tijden en archiveer opnieuw.",
        ),
        en=(
            "The times of work order {record} add up to less than nothing ({minutes} minutes).",
            "Take the work order out of the archive, correct the times, archive it again.",
        ),
    ),
    message(
        "work_order.no_payment_condition",
        Severity.ERROR,
        "work_order",
        nl=(
            "Klant {customer} van werkbon {record} heeft geen betalingsconditie.",
            "Vul bij de klant een betalingsconditie in, of stel er een in voor klanten die er geen hebben.",
        ),
        en=(
            "Customer {customer} of work order {record} has no payment condition.",
            "Give the customer a payment condition, or set one for customers that have none.",
        ),
    ),
    message(
        "work_order.gone",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} is niet verzonden: hij is uit het archief gehaald of verwijderd.", ""),
        en=("Work order {record} was not sent: it was taken out of the archive, or removed.", ""),
    ),
    message(
        "work_order.vat_unknown",
        Severity.ERROR,
        "work_order",
        nl=(
            "Artikel {article} op werkbon {record} heeft btw-code {vat_code}, en die kent {system} niet.",
            "Geef het artikel in {system} een bestaande btw-code; de werkbon gaat daarna vanzelf mee.",
        ),
        en=(
            "Article {article} of work order {record} has VAT code {vat_code}, which {system} does not know.",
            "Give the article an existing VAT code in {system}; the work order then goes by itself.",
        ),
    ),
    message(
        "work_order.unexpected_error",
        Severity.ERROR,
        "work_order",
        nl=(
            "Werkbon {record} kan niet worden verwerkt: {reason}, {count} keer achter elkaar; de andere gaan door.",
            "Geef dit bericht met de taaklog door aan de beheerder van de koppeling; geef de werkbon daarna vrij.",
        ),
        en=(
            "Work order {record} cannot be handled: {reason}, {count} times in a row; the others go on.",
            "Pass this message and the task log to whoever runs the coupling; release the work order afterwards.",
        ),
    ),
    message(
        "work_order.held",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} wordt vastgehouden door {by}.", ""),
        en=("Work order {record} is held by {by}.", ""),
    ),
    message(
        "work_order.released",
        Severity.INFO,
        "work_order",
        nl=("Werkbon {record} is vrijgegeven door {by}.", ""),
        en=("Work order {record} was released by {by}.", ""),
    ),
]

"""Messages on the checks of settings; ``record`` is the setting's title, or the one thing in it that is wrong."""

from include.messages.message import Severity, message

SETTINGS = [
    message("settings.ok", Severity.SUCCESS, "settings", nl=("{record}: in orde.", ""), en=("{record}: in order.", "")),
    message(
        "settings.saved",
        Severity.SUCCESS,
        "settings",
        nl=("Versie {record} van de instellingen is opgeslagen door {by}: {changed}.", ""),
        en=("Version {record} of the settings was saved by {by}: {changed}.", ""),
    ),
    message(
        "settings.administration_ok",
        Severity.SUCCESS,
        "settings",
        nl=("{record}: {number} ({name}) is bereikbaar.", ""),
        en=("{record}: {number} ({name}) can be reached.", ""),
    ),
    message(
        "settings.article_ok",
        Severity.SUCCESS,
        "settings",
        nl=("{record}: artikel '{article}' ({description}) bestaat en is actief.", ""),
        en=("{record}: article '{article}' ({description}) exists and is active.", ""),
    ),
    message(
        "settings.pick_list_ok",
        Severity.SUCCESS,
        "settings",
        nl=("{record}: '{value}' ({name}) bestaat.", ""),
        en=("{record}: '{value}' ({name}) exists.", ""),
    ),
    message(
        "settings.administration_unknown",
        Severity.ERROR,
        "settings",
        nl=(
            "Administratie '{number}' is met deze inloggegevens niet te bereiken of bestaat niet.",
            "Kies een administratie die te bereiken is: {reachable}. Of geef de gebruiker van de koppeling toegang.",
        ),
        en=(
            "Administration '{number}' cannot be reached with these log-in details, or does not exist.",
            "Choose one that can be reached: {reachable}. Or give the coupling's user access to it.",
        ),
    ),
    message(
        "settings.administration_near_miss",
        Severity.ERROR,
        "settings",
        nl=(
            "Administratie '{number}' bestaat niet; bedoelt u '{near}' ({name})?",
            "Neem het nummer precies over, of geef de gebruiker van de koppeling toegang.",
        ),
        en=(
            "Administration '{number}' does not exist; did you mean '{near}' ({name})?",
            "Copy the number exactly, or give the coupling's user access to it.",
        ),
    ),
    message(
        "settings.administration_without_api",
        Severity.ERROR,
        "settings",
        nl=(
            "Het abonnement van administratie {number} ({name}) staat geen koppelingen toe.",
            "Neem in {system} een abonnement met API voor deze administratie, of kies een andere administratie.",
        ),
        en=(
            "The subscription of administration {number} ({name}) does not allow couplings.",
            "Take a subscription with the API in {system} for this administration, or choose another administration.",
        ),
    ),
    message(
        "settings.administration_missing_rights",
        Severity.ERROR,
        "settings",
        nl=(
            "Administratie {number} ({name}) geeft de koppeling deze rechten niet: {rights}.",
            "Laat de eigenaar van de administratie deze rechten in {system} geven.",
        ),
        en=(
            "Administration {number} ({name}) does not give the coupling these rights: {rights}.",
            "Have the owner of the administration give these rights in {system}.",
        ),
    ),
    message(
        "settings.administration_first",
        Severity.ERROR,
        "settings",
        nl=(
            "{record} kan pas worden gecontroleerd als de administratie in orde is.",
            "Breng eerst de instelling administratie in orde en controleer dan opnieuw.",
        ),
        en=(
            "{record} cannot be checked before the administration is in order.",
            "Bring the administration setting in order first, then check again.",
        ),
    ),
    message(
        "settings.article_unknown",
        Severity.ERROR,
        "settings",
        nl=(
            "{record}: artikel '{article}' bestaat niet.",
            "Kies een bestaand artikel, of maak het artikel aan in het boekhoudpakket.",
        ),
        en=(
            "{record}: article '{article}' does not exist.",
            "Choose an existing article, or make it in the accounting package.",
        ),
    ),
    message(
        "settings.article_near_miss",
        Severity.ERROR,
        "settings",
        nl=(
            "{record}: artikel '{article}' bestaat niet; bedoelt u '{near}' ({description})?",
            "Neem de artikelcode precies over, ook hoofdletters en spaties.",
        ),
        en=(
            "{record}: article '{article}' does not exist; did you mean '{near}' ({description})?",
            "Copy the article code exactly, capitals and spaces included.",
        ),
    ),
    message(
        "settings.article_inactive",
        Severity.ERROR,
        "settings",
        nl=(
            "{record}: artikel '{article}' ({description}) is niet actief.",
            "Maak het artikel weer actief in het boekhoudpakket, of kies een ander.",
        ),
        en=(
            "{record}: article '{article}' ({description}) is not active.",
            "Make the article active again in the accounting package, or choose another one.",
        ),
    ),
    message(
        "settings.article_without_price",
        Severity.WARNING,
        "settings",
        nl=(
            "{record}: artikel '{article}' ({description}) heeft geen prijs.",
            "Geef het artikel een prijs in het boekhoudpakket, of laat het zo als de prijs per klant is afgesproken.",
        ),
        en=(
            "{record}: article '{article}' ({description}) has no price.",
            "Give the article a price in the accounting package, or leave it if prices are agreed for each customer.",
        ),
    ),
    message(
        "settings.article_several",
        Severity.WARNING,
        "settings",
        nl=(
            "{record}: er zijn {count} artikelen met code '{article}'; '{description}' wordt geboekt.",
            "Geef de andere artikelen in het boekhoudpakket een andere code.",
        ),
        en=(
            "{record}: there are {count} articles with code '{article}'; '{description}' is booked.",
            "Give the other articles another code in the accounting package.",
        ),
    ),
    message(
        "settings.group_unknown",
        Severity.ERROR,
        "settings",
        nl=(
            "Artikelgroep '{record}' bestaat niet in het boekhoudpakket.",
            "Haal de naam uit de instelling artikelgroepen, of maak de artikelgroep aan in het boekhoudpakket.",
        ),
        en=(
            "Article group '{record}' does not exist in the accounting package.",
            "Take the name out of the setting article groups, or make the group in the accounting package.",
        ),
    ),
    message(
        "settings.group_near_miss",
        Severity.ERROR,
        "settings",
        nl=(
            "Artikelgroep '{record}' bestaat niet; bedoelt u '{near}' ({count} artikelen)?",
            "Neem de naam precies over, ook hoofdletters en spaties.",
        ),
        en=(
            "Article group '{record}' does not exist; did you mean '{near}' ({count} articles)?",
            "Copy the name exactly, capitals and spaces included.",
        ),
    ),
    message(
        "settings.type_unknown",
        Severity.ERROR,
        "settings",
        nl=(
            "Artikeltype '{record}' bestaat niet in het boekhoudpakket.",
            "Kies uit de artikeltypen die er zijn: {known}.",
        ),
        en=(
            "Article type '{record}' does not exist in the accounting package.",
            "Choose from the article types that exist: {known}.",
        ),
    ),
    message(
        "settings.filter_word_short",
        Severity.WARNING,
        "settings",
        nl=(
            "Filterwoord '{word}' is zo kort dat het in vrijwel elke werkomschrijving staat.",
            "Neem een langer woord; werkbonnen waar het in staat worden niet verzonden.",
        ),
        en=(
            "Filter word '{word}' is so short that it is in nearly every work description.",
            "Use a longer word; work orders that contain it are not sent.",
        ),
    ),
    message(
        "settings.pick_list_unknown",
        Severity.ERROR,
        "settings",
        nl=("{record}: '{value}' bestaat niet in het boekhoudpakket.", "Kies uit wat er is: {known}."),
        en=("{record}: '{value}' does not exist in the accounting package.", "Choose from what there is: {known}."),
    ),
    message(
        "settings.pick_list_near_miss",
        Severity.ERROR,
        "settings",
        nl=(
            "{record}: '{value}' bestaat niet; bedoelt u '{near}' ({name})?",
            "Neem de waarde precies over, ook hoofdletters en spaties.",
        ),
        en=(
            "{record}: '{value}' does not exist; did you mean '{near}' ({name})?",
            "Copy the value exactly, capitals and spaces included.",
        ),
    ),
    message(
        "settings.pick_list_unusable",
        Severity.ERROR,
        "settings",
        nl=("{record}: '{value}' bestaat, maar is hiervoor niet geschikt.", "Kies uit wat wel geschikt is: {known}."),
        en=("{record}: '{value}' exists, but cannot be used for this.", "Choose from what can be used: {known}."),
    ),
    message(
        "settings.memo_field_unused",
        Severity.WARNING,
        "settings",
        nl=(
            "{record}: '{value}' blijft leeg, want de inhoud van de memo staat op geen.",
            "Kies wat er in de memo komt, of maak het memoveld leeg.",
        ),
        en=(
            "{record}: '{value}' stays empty, because nothing was chosen for the memo.",
            "Choose what goes into the memo, or empty the memo field.",
        ),
    ),
    message(
        "settings.customers_without_payment_condition",
        Severity.WARNING,
        "settings",
        nl=(
            "{record} is leeg; klanten die er zelf geen hebben: {count}, zoals {customer}. "
            "Hun werkbonnen worden geweigerd.",
            "Vul bij die klanten een betalingsconditie in, of stel er hier een in.",
        ),
        en=(
            "{record} is empty; customers that have none of their own: {count}, such as {customer}. "
            "Their work orders will be refused.",
            "Give those customers a payment condition, or set one here.",
        ),
    ),
]

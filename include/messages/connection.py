"""Messages on reaching the other systems, and on the access to them."""

from include.messages.message import Severity, message

CONNECTION = [
    message(
        "connection.refused",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} weigert het inloggen: {reason}.",
            "Controleer de inloggegevens van {system} en voer ze opnieuw in.",
        ),
        en=("{system} refuses the log-in: {reason}.", "Check the log-in details of {system} and enter them again."),
    ),
    message(
        "connection.token_revoked",
        Severity.ERROR,
        "connection",
        nl=(
            "De toegang tot {system} is verlopen of ingetrokken.",
            "Koppel {system} opnieuw: log in en geef toestemming.",
        ),
        en=("The access to {system} has expired or was revoked.", "Connect {system} again: log in and give consent."),
    ),
    message(
        "connection.forbidden",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} staat dit niet toe: {reason}.",
            "Geef de gebruiker van de koppeling het recht in {system}, of neem een abonnement dat de API toestaat.",
        ),
        en=(
            "{system} does not allow this: {reason}.",
            "Give the coupling's user the right in {system}, or a subscription that includes the API.",
        ),
    ),
    message(
        "connection.not_found",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} kent {path} niet.",
            "Controleer de instelling administratie en of de gebruiker van de koppeling daar toegang toe heeft.",
        ),
        en=(
            "{system} does not know {path}.",
            "Check the administration setting, and that the coupling's user may open it.",
        ),
    ),
    message(
        "connection.unavailable",
        Severity.WARNING,
        "connection",
        nl=(
            "{system} is niet bereikbaar: {reason}.",
            "Niets: er wordt vanzelf opnieuw geprobeerd. Duurt het langer dan een uur, meld het dan bij {system}.",
        ),
        en=(
            "{system} cannot be reached: {reason}.",
            "Nothing: it is tried again by itself. If it lasts over an hour, report it to {system}.",
        ),
    ),
    message(
        "connection.busy",
        Severity.WARNING,
        "connection",
        nl=(
            "{system} vraagt om langzamer te gaan.",
            "Niets: er wordt vanzelf gewacht. Gebeurt het elke dag, synchroniseer dan minder vaak.",
        ),
        en=(
            "{system} asks to slow down.",
            "Nothing: the wait is automatic. If it happens every day, synchronise less often.",
        ),
    ),
    message(
        "connection.unexpected_response",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} gaf een onbegrijpelijk antwoord op {request}: {reason}.",
            "Probeer het later opnieuw; blijft het zo, geef dit bericht dan door aan de beheerder van de koppeling.",
        ),
        en=(
            "{system} gave an answer to {request} that makes no sense: {reason}.",
            "Try again later; if it stays, pass this message to whoever runs the coupling.",
        ),
    ),
    message(
        "connection.no_credentials",
        Severity.ERROR,
        "connection",
        nl=("Er zijn geen inloggegevens van {system} opgeslagen.", "Voer de inloggegevens van {system} in."),
        en=("No log-in details of {system} are stored.", "Enter the log-in details of {system}."),
    ),
    message(
        "connection.connected",
        Severity.SUCCESS,
        "connection",
        nl=("{system} is gekoppeld.", ""),
        en=("{system} is connected.", ""),
    ),
    message(
        "connection.credentials_deleted",
        Severity.INFO,
        "connection",
        nl=(
            "De toegang tot {system} is hier vernietigd; in {system} zelf geldt zij tot iemand haar daar intrekt.",
            "",
        ),
        en=(
            "The access to {system} was destroyed here; in {system} itself it stays until it is withdrawn there.",
            "",
        ),
    ),
    message(
        "connection.consent_expired",
        Severity.ERROR,
        "connection",
        nl=(
            "Deze toestemming is hier niet gevraagd, al gebruikt, of te laat.",
            "Begin opnieuw met koppelen; na het begin is er tien minuten de tijd.",
        ),
        en=(
            "This consent was not asked for here, was used already, or is too late.",
            "Start connecting again; there are ten minutes from the start.",
        ),
    ),
    message(
        "connection.consent_denied",
        Severity.WARNING,
        "connection",
        nl=(
            "Op de pagina van {system} is geen toestemming gegeven ({reason}); er is niets veranderd.",
            "Koppel opnieuw en kies op de pagina van {system} voor toestaan, als gebruiker die dat mag.",
        ),
        en=(
            "No consent was given on the page of {system} ({reason}); nothing has changed.",
            "Connect again and choose to allow it on the page of {system}, as a user who may.",
        ),
    ),
    message(
        "connection.consent_failed",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} gaf na de toestemming geen toegang: {reason}; er is niets veranderd.",
            "Begin opnieuw met koppelen; gebeurt het weer, geef dit bericht dan door aan de beheerder.",
        ),
        en=(
            "{system} gave no access after the consent: {reason}; nothing has changed.",
            "Start connecting again; if it happens again, pass this message to whoever runs the coupling.",
        ),
    ),
    message(
        "connection.registration_refused",
        Severity.ERROR,
        "connection",
        nl=(
            "{system} herkent deze installatie niet: {reason}.",
            "Laat de beheerder client id, client secret en adres van {system} nakijken.",
        ),
        en=(
            "{system} does not recognise this installation: {reason}.",
            "Have the administrator check client id, client secret and address of {system}.",
        ),
    ),
    message(
        "connection.not_registered",
        Severity.ERROR,
        "connection",
        nl=(
            "Deze installatie kan niet inloggen bij {system}: {variables} ontbreekt.",
            "Laat de beheerder {variables} instellen en de processen opnieuw starten.",
        ),
        en=(
            "This installation cannot sign in to {system}: {variables} is missing.",
            "Have the administrator set {variables} and restart the processes.",
        ),
    ),
    message(
        "connection.undecryptable",
        Severity.ERROR,
        "connection",
        nl=(
            "De opgeslagen toegang tot {system} is met geen van de sleutels in KOPPEL_KEYS te openen.",
            "Laat de beheerder de oude sleutel terugzetten, achter de nieuwe; is die weg, koppel {system} dan opnieuw.",
        ),
        en=(
            "None of the keys in KOPPEL_KEYS opens the stored access to {system}.",
            "Have the administrator put the old key back, after the new one; if it is lost, connect {system} again.",
        ),
    ),
]

"""Messages on reaching the other systems, and on runs that broke off."""

from include.messages.message import message

CONNECTION = [
    message(
        "connection.refused",
        "error",
        "connection",
        (
            "{system} weigert het inloggen: {reason}.",
            "Controleer de inloggegevens van {system} en voer ze opnieuw in.",
        ),
        ("{system} refuses the log-in: {reason}.", "Check the log-in details of {system} and enter them again."),
    ),
    message(
        "connection.reconnect",
        "error",
        "connection",
        (
            "De toegang tot {system} is verlopen of ingetrokken.",
            "Koppel {system} opnieuw: log in en geef toestemming.",
        ),
        ("The access to {system} has expired or was revoked.", "Connect {system} again: log in and give consent."),
    ),
    message(
        "connection.forbidden",
        "error",
        "connection",
        (
            "{system} staat dit niet toe: {reason}.",
            "Geef de gebruiker van de koppeling het recht in {system}, of neem een abonnement dat de API toestaat.",
        ),
        (
            "{system} does not allow this: {reason}.",
            "Give the coupling's user the right in {system}, or a subscription that includes the API.",
        ),
    ),
    message(
        "connection.not_found",
        "error",
        "connection",
        (
            "{system} kent {path} niet.",
            "Controleer de instelling administratie en of de gebruiker van de koppeling daar toegang toe heeft.",
        ),
        (
            "{system} does not know {path}.",
            "Check the administration setting, and that the coupling's user may open it.",
        ),
    ),
    message(
        "connection.unavailable",
        "warning",
        "connection",
        (
            "{system} is niet bereikbaar: {reason}.",
            "Niets: er wordt vanzelf opnieuw geprobeerd. Duurt het langer dan een uur, meld het dan bij {system}.",
        ),
        (
            "{system} cannot be reached: {reason}.",
            "Nothing: it is tried again by itself. If it lasts over an hour, report it to {system}.",
        ),
    ),
    message(
        "connection.busy",
        "warning",
        "connection",
        (
            "{system} vraagt om langzamer te gaan.",
            "Niets: er wordt vanzelf gewacht. Gebeurt het elke dag, synchroniseer dan minder vaak.",
        ),
        (
            "{system} asks to slow down.",
            "Nothing: the wait is automatic. If it happens every day, synchronise less often.",
        ),
    ),
    message(
        "connection.unexpected_answer",
        "error",
        "connection",
        (
            "{system} gaf een onbegrijpelijk antwoord op {request}: {reason}.",
            "Probeer het later opnieuw; blijft het zo, geef dit bericht dan door aan de beheerder van de koppeling.",
        ),
        (
            "{system} gave an answer to {request} that makes no sense: {reason}.",
            "Try again later; if it stays, pass this message to whoever runs the coupling.",
        ),
    ),
    message(
        "connection.missing",
        "error",
        "connection",
        ("Er zijn geen inloggegevens van {system} opgeslagen.", "Voer de inloggegevens van {system} in."),
        ("No log-in details of {system} are stored.", "Enter the log-in details of {system}."),
    ),
    message(
        "connection.connected",
        "success",
        "connection",
        ("{system} is gekoppeld.", ""),
        ("{system} is connected.", ""),
    ),
    message(
        "connection.destroyed",
        "info",
        "connection",
        (
            "De toegang tot {system} is hier vernietigd; in {system} zelf geldt zij tot iemand haar daar intrekt.",
            "",
        ),
        (
            "The access to {system} was destroyed here; in {system} itself it stays until it is withdrawn there.",
            "",
        ),
    ),
    message(
        "connection.consent_over",
        "error",
        "connection",
        (
            "Deze toestemming is hier niet gevraagd, al gebruikt, of te laat.",
            "Begin opnieuw met koppelen; na het begin is er tien minuten de tijd.",
        ),
        (
            "This consent was not asked for here, was used already, or is too late.",
            "Start connecting again; there are ten minutes from the start.",
        ),
    ),
    message(
        "connection.consent_denied",
        "warning",
        "connection",
        (
            "Op de pagina van {system} is geen toestemming gegeven ({reason}); er is niets veranderd.",
            "Koppel opnieuw en kies op de pagina van {system} voor toestaan, als gebruiker die dat mag.",
        ),
        (
            "No consent was given on the page of {system} ({reason}); nothing has changed.",
            "Connect again and choose to allow it on the page of {system}, as a user who may.",
        ),
    ),
    message(
        "connection.consent_failed",
        "error",
        "connection",
        (
            "{system} gaf na de toestemming geen toegang: {reason}; er is niets veranderd.",
            "Begin opnieuw met koppelen; gebeurt het weer, geef dit bericht dan door aan de beheerder.",
        ),
        (
            "{system} gave no access after the consent: {reason}; nothing has changed.",
            "Start connecting again; if it happens again, pass this message to whoever runs the coupling.",
        ),
    ),
    message(
        "connection.registration_refused",
        "error",
        "connection",
        (
            "{system} herkent deze installatie niet: {reason}.",
            "Laat de beheerder client id, client secret en adres van {system} nakijken.",
        ),
        (
            "{system} does not recognise this installation: {reason}.",
            "Have the administrator check client id, client secret and address of {system}.",
        ),
    ),
    message(
        "connection.not_registered",
        "error",
        "connection",
        (
            "Deze installatie kan niet inloggen bij {system}: {variables} ontbreekt.",
            "Laat de beheerder {variables} instellen en de processen opnieuw starten.",
        ),
        (
            "This installation cannot sign in to {system}: {variables} is missing.",
            "Have the administrator set {variables} and restart the processes.",
        ),
    ),
    message(
        "connection.sealed",
        "error",
        "connection",
        (
            "De opgeslagen toegang tot {system} is met geen van de sleutels in KOPPEL_KEYS te openen.",
            "Laat de beheerder de oude sleutel terugzetten, achter de nieuwe; is die weg, koppel {system} dan opnieuw.",
        ),
        (
            "None of the keys in KOPPEL_KEYS opens the stored access to {system}.",
            "Have the administrator put the old key back, after the new one; if it is lost, connect {system} again.",
        ),
    ),
    message(
        "run.other_under_way",
        "warning",
        "connection",
        (
            "Er loopt al iets anders voor deze koppeling ({other}).",
            "Niets: er wordt vanzelf opnieuw begonnen. Met de hand: probeer het over een paar minuten weer.",
        ),
        (
            "Something else is under way for this coupling ({other}).",
            "Nothing: it starts again by itself. By hand: try again in a few minutes.",
        ),
    ),
    message(
        "run.failed",
        "error",
        "connection",
        (
            "De run is onverwacht gestopt: {reason}.",
            "Start de run opnieuw; stopt hij weer, geef dan de taaklog van deze run door aan de beheerder.",
        ),
        (
            "The run stopped unexpectedly: {reason}.",
            "Start the run again; if it stops again, pass this run's task log to whoever runs the coupling.",
        ),
    ),
]

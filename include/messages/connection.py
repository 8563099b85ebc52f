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
            "{system} kent {what} niet.",
            "Controleer de instelling administratie en of de gebruiker van de koppeling daar toegang toe heeft.",
        ),
        (
            "{system} does not know {what}.",
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
            "{system} gaf een onbegrijpelijk antwoord op {what}: {reason}.",
            "Probeer het later opnieuw; blijft het zo, geef dit bericht dan door aan de beheerder van de koppeling.",
        ),
        (
            "{system} gave an answer to {what} that makes no sense: {reason}.",
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

"""Messages on the life of a coupling: activated, paused, wiped, deactivated."""

from include.messages.message import Severity, message
from include.messages.words import STREAM_NAMES

COUPLING = [
    message(
        "coupling.activated",
        Severity.SUCCESS,
        "connection",
        nl=(
            "De koppeling is actief: de eerste import is klaar. Werkbonnen die vanaf nu worden gearchiveerd, gaan naar "
            "het boekhoudpakket.",
            "",
        ),
        en=(
            "The coupling is active: the first import is done. Work orders archived from now on go to the accounting "
            "package.",
            "",
        ),
    ),
    message(
        "coupling.import_started",
        Severity.INFO,
        "connection",
        nl=("De eerste import begint vanzelf; gestart door {by}.", ""),
        en=("The first import starts by itself; begun by {by}.", ""),
    ),
    message(
        "coupling.wipe_confirmed",
        Severity.INFO,
        "connection",
        nl=("Simple-Simon wordt leeggemaakt ({parts}); bevestigd door {by}.", ""),
        en=("Simple-Simon is being wiped ({parts}); confirmed by {by}.", ""),
        words={"parts": STREAM_NAMES},
    ),
    message(
        "coupling.wipe_declined",
        Severity.INFO,
        "connection",
        nl=("Simple-Simon wordt niet leeggemaakt; gekozen door {by}.", ""),
        en=("Simple-Simon is not wiped; chosen by {by}.", ""),
    ),
    message(
        "coupling.deactivated",
        Severity.INFO,
        "connection",
        nl=("De koppeling is uitgezet door {by}; {count} werkbon(nen) wachtten nog en gaan niet meer mee.", ""),
        en=("The coupling was deactivated by {by}; {count} work order(s) still waited and are not sent.", ""),
    ),
    message(
        "coupling.reactivated",
        Severity.INFO,
        "connection",
        nl=("De koppeling wordt opnieuw opgezet door {by}.", ""),
        en=("The coupling is being set up again by {by}.", ""),
    ),
    message(
        "coupling.reset",
        Severity.INFO,
        "connection",
        nl=(
            "De koppeling begint helemaal opnieuw, door {by}: verwijzingen naar de vorige administratie en licentie "
            "vervallen; wat al verstuurd is, blijft bekend.",
            "",
        ),
        en=(
            "The coupling starts afresh, by {by}: links to the former administration and licence end; what was sent "
            "stays known.",
            "",
        ),
    ),
    message(
        "coupling.paused",
        Severity.INFO,
        "connection",
        nl=("De koppeling is gepauzeerd door {by}: er wordt niets gestart.", ""),
        en=("The coupling was paused by {by}: nothing is started.", ""),
    ),
    message(
        "coupling.resumed",
        Severity.INFO,
        "connection",
        nl=("De koppeling gaat weer verder, door {by}.", ""),
        en=("The coupling was resumed by {by}.", ""),
    ),
]

"""Messages on the life of a coupling."""

from include.messages.message import message

LIFE = [
    message(
        "life.active",
        "success",
        "connection",
        (
            "De koppeling is actief: de eerste import is klaar. Werkbonnen die vanaf nu worden gearchiveerd, gaan naar "
            "het boekhoudpakket.",
            "",
        ),
        (
            "The coupling is active: the first import is done. Work orders archived from now on go to the accounting "
            "package.",
            "",
        ),
    ),
    message(
        "life.importing",
        "info",
        "connection",
        ("De eerste import begint vanzelf; gestart door {by}.", ""),
        ("The first import starts by itself; begun by {by}.", ""),
    ),
    message(
        "life.wiping",
        "info",
        "connection",
        ("Simple-Simon wordt leeggemaakt ({parts}); bevestigd door {by}.", ""),
        ("Simple-Simon is being wiped ({parts}); confirmed by {by}.", ""),
    ),
    message(
        "life.kept",
        "info",
        "connection",
        ("Simple-Simon wordt niet leeggemaakt; gekozen door {by}.", ""),
        ("Simple-Simon is not wiped; chosen by {by}.", ""),
    ),
    message(
        "life.deactivated",
        "info",
        "connection",
        ("De koppeling is uitgezet door {by}; {count} werkbon(nen) wachtten nog en gaan niet meer mee.", ""),
        ("The coupling was deactivated by {by}; {count} work order(s) still waited and are not sent.", ""),
    ),
    message(
        "life.reactivated",
        "info",
        "connection",
        ("De koppeling wordt opnieuw opgezet door {by}.", ""),
        ("The coupling is being set up again by {by}.", ""),
    ),
    message(
        "life.started_afresh",
        "info",
        "connection",
        (
            "De koppeling begint helemaal opnieuw, door {by}: verwijzingen naar de vorige administratie en licentie "
            "vervallen; wat al verstuurd is, blijft bekend.",
            "",
        ),
        (
            "The coupling starts afresh, by {by}: links to the former administration and licence end; what was sent "
            "stays known.",
            "",
        ),
    ),
    message(
        "life.paused",
        "info",
        "connection",
        ("De koppeling is gepauzeerd door {by}: er wordt niets gestart.", ""),
        ("The coupling was paused by {by}: nothing is started.", ""),
    ),
    message(
        "life.resumed",
        "info",
        "connection",
        ("De koppeling gaat weer verder, door {by}.", ""),
        ("The coupling was resumed by {by}.", ""),
    ),
    message(
        "work_order.before_activation",
        "info",
        "work_order",
        ("Werkbon {record} is niet verzonden: hij is gearchiveerd voordat de koppeling (weer) actief werd.", ""),
        ("Work order {record} was not sent: it was archived before the coupling became active (again).", ""),
    ),
]

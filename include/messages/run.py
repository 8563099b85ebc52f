"""Messages on runs as such, and on problems that are over."""

from include.messages.message import Severity, message
from include.messages.words import RUN_NAMES

RUN = [
    message(
        "run.other_open",
        Severity.WARNING,
        "connection",
        nl=(
            "Er loopt al iets anders voor deze koppeling ({other}).",
            "Niets: er wordt vanzelf opnieuw begonnen. Met de hand: probeer het over een paar minuten weer.",
        ),
        en=(
            "Something else is under way for this coupling ({other}).",
            "Nothing: it starts again by itself. By hand: try again in a few minutes.",
        ),
        words={"other": RUN_NAMES},
    ),
    message(
        "run.failed",
        Severity.ERROR,
        "connection",
        nl=(
            "De run is onverwacht gestopt: {reason}.",
            "Start de run opnieuw; stopt hij weer, geef dan de taaklog van deze run door aan de beheerder.",
        ),
        en=(
            "The run stopped unexpectedly: {reason}.",
            "Start the run again; if it stops again, pass this run's task log to whoever runs the coupling.",
        ),
    ),
    message(
        "problem.resolved",
        Severity.SUCCESS,
        "connection",
        nl=("Opgelost: {count} openstaande melding(en).", ""),
        en=("Solved: {count} open problem(s).", ""),
    ),
]

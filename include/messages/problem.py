"""Messages on open problems."""

from include.messages.message import message

PROBLEM = [
    message(
        "problem.solved",
        "success",
        "connection",
        ("Opgelost: {count} openstaande melding(en).", ""),
        ("Solved: {count} open problem(s).", ""),
    ),
]

"""Puts the lines of an address together as one street, with nothing of them lost (R1.15). Pure functions."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from include.typed_text import fold

# to whose attention it is, which is not where it is
_TO = re.compile(r"\s*(t\.?\s?[an]\.?\s?v\.?|att[.:]|attn[.:]?|attentie|z\.?\s?hd\.?)(?=[\s:.])[\s:.]*", re.IGNORECASE)
_ATTENTION = re.compile(r"\s*((afd|dhr|mevr|mw)\b\.?|afdeling\b|de heer\b|mevrouw\b|c/o|p/a)", re.IGNORECASE)
_ADDITIONS = "unit|huis|etage|verdieping|verd|hoog|appartement|kamer|links|rechts|boven|beneden|rood|zwart"
# a house number with what may follow it, and no word that could be a street
_NUMBER = re.compile(
    rf"(nr|no|huisnr|huisnummer|number)?\.?:?\s*#?\d+(e|ste|de)?([\s\-/,.&+]*(\d+|[a-z]{{1,3}}\b|({_ADDITIONS})\b|t/m))*\.?",
    re.IGNORECASE,
)
_ENDS_WITH_NUMBER = re.compile(r"\b\d{1,3}\s*[a-z]?$", re.IGNORECASE)


class StreetLines(NamedTuple):
    """The lines of an address that say where it is, as one; and those that say for whom."""

    street: str
    attention: str


def street_lines(lines: Sequence[str]) -> StreetLines:
    """Put lines together: a house number joins its street, any others are joined with a comma."""
    there: list[str] = []
    attention: list[str] = []
    for line in filter(None, (each.strip().strip(",").strip() for each in lines)):
        if (to := _TO.match(line)) or _ATTENTION.match(line):
            attention.append((line[to.end() :] if to else line).strip())
        else:
            there.append(line)
    if not there:  # where it is may be said in the line that says for whom, as in "p/a Kade 3"
        there = [line for line in attention if re.search(r"\d", line)]
    street = ""
    for line in there:
        street = _joined(street, line)
    return StreetLines(street, ", ".join(line for line in attention if line and line not in there))


def contact(*names: str) -> str:
    """Return names of people to ask for, each once."""
    together = ""
    for name in filter(None, names):
        if fold(name) not in fold(together):
            together = name if fold(together) in fold(name) else f"{together}, {name}"
    return together


def _joined(first: str, second: str) -> str:
    if not first or fold(second).startswith(f"{fold(first)} "):
        return second
    if f"{fold(first)} ".startswith(f"{fold(second)} "):
        return first
    if _NUMBER.fullmatch(second) and not _ENDS_WITH_NUMBER.search(first):
        return f"{first} {second}"
    if _NUMBER.fullmatch(first) and not re.search(r"\d", second):
        return f"{second} {first}"
    return f"{first}, {second}"

"""The OData query subset both Simon (v4) and Unit4 (v2/v3 style) understand, compiled to plain Python predicates."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Term = Callable[[Row], Any]


class BadQuery(ValueError):
    """The query cannot be understood, or names something that is not there; the text says what."""


def _text(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise BadQuery("a text function was given something that is not text")
    return value or ""


# name -> number of arguments and what it does; both flavours pick from these
FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "contains": (2, lambda a, b: _text(b) in _text(a)),
    "substringof": (2, lambda a, b: _text(a) in _text(b)),
    "startswith": (2, lambda a, b: _text(a).startswith(_text(b))),
    "endswith": (2, lambda a, b: _text(a).endswith(_text(b))),
    "indexof": (2, lambda a, b: _text(a).find(_text(b))),
    "length": (1, lambda a: len(_text(a))),
    "tolower": (1, lambda a: _text(a).lower()),
    "toupper": (1, lambda a: _text(a).upper()),
    "trim": (1, lambda a: _text(a).strip()),
}
V4 = ("contains", "startswith", "endswith", "tolower")
V3 = ("substringof", "startswith", "endswith", "indexof", "length", "tolower", "toupper", "trim", "substring")

_TOKEN = re.compile(
    r"\s*(?:(?P<date>datetime'(?P<date_text>[^']*)'|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)?)"
    r"|(?P<number>-?\d+(?:\.\d+)?)[mMdDfFL]?(?!\w)|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<name>[A-Za-z_][\w/]*)|(?P<mark>[(),]))"
)
_COMPARE = ("eq", "ne", "gt", "ge", "lt", "le")


@dataclass(frozen=True)
class _QueryToken:
    kind: str
    value: Any


def _tokens(text: str) -> list[_QueryToken]:
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if not match:
            raise BadQuery(f"cannot read {text[at:].strip()[:30]!r}")
        at = match.end()
        tokens.append(_token(match))
    return tokens


def _token(match: re.Match[str]) -> _QueryToken:
    if match["date"] is not None:
        written = match["date_text"] if match["date_text"] is not None else match["date"]
        try:
            return _QueryToken("literal", datetime.fromisoformat(written))
        except ValueError as error:
            raise BadQuery(f"{written!r} is not a date") from error
    if match["number"] is not None:
        number = match["number"]
        return _QueryToken("literal", Decimal(number) if "." in number else int(number))
    if match["text"] is not None:
        return _QueryToken("literal", match["text"].replace("''", "'"))
    if match["name"] is not None:
        constants = {"true": True, "false": False, "null": None}
        if match["name"] in constants:
            return _QueryToken("literal", constants[match["name"]])
        return _QueryToken("name", match["name"])
    return _QueryToken("mark", match["mark"])


class _Parser:
    """Parses an expression by precedence, loosest first: or, and, not, comparison."""

    def __init__(self, text: str, fields: Mapping[str, Term], functions: tuple[str, ...]) -> None:
        self.tokens, self.at = _tokens(text), 0
        self.fields, self.functions = fields, functions

    def parse(self) -> Term:
        term = self._or()
        if self.at < len(self.tokens):
            raise BadQuery(f"unexpected {self.tokens[self.at].value!r}")
        return term

    def _peek(self, *words: str) -> bool:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token is not None and token.kind in ("name", "mark") and token.value in words

    def _next(self) -> _QueryToken:
        if self.at >= len(self.tokens):
            raise BadQuery("the expression ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, mark: str) -> None:
        if not self._peek(mark):
            raise BadQuery(f"{mark!r} expected")
        self.at += 1

    def _or(self) -> Term:
        left = self._and()
        while self._peek("or"):
            self.at += 1
            left = (lambda a, b: lambda row: bool(a(row)) or bool(b(row)))(left, self._and())
        return left

    def _and(self) -> Term:
        left = self._not()
        while self._peek("and"):
            self.at += 1
            left = (lambda a, b: lambda row: bool(a(row)) and bool(b(row)))(left, self._not())
        return left

    def _not(self) -> Term:
        if self._peek("not"):
            self.at += 1
            term = self._not()
            return lambda row: not term(row)
        left = self._value()
        if self._peek(*_COMPARE):
            word = self._next().value
            return _comparison(word, left, self._value())
        return left

    def _value(self) -> Term:
        token = self._next()
        if token.kind == "literal":
            value = token.value
            return lambda row: value
        if token == _QueryToken("mark", "("):
            term = self._or()
            self._expect(")")
            return term
        if token.kind == "name":
            return self._call(token.value) if self._peek("(") else self._field(token.value)
        raise BadQuery(f"unexpected {token.value!r}")

    def _field(self, name: str) -> Term:
        if name not in self.fields:
            raise BadQuery(f"no property {name!r}")
        return self.fields[name]

    def _call(self, name: str) -> Term:
        if name not in self.functions:
            raise BadQuery(f"no function {name!r}")
        self._expect("(")
        arguments = [self._or()]
        while self._peek(","):
            self.at += 1
            arguments.append(self._or())
        self._expect(")")
        return _function(name, arguments)


def _function(name: str, arguments: list[Term]) -> Term:
    if name == "substring":
        if len(arguments) not in (2, 3):
            raise BadQuery("substring takes 2 or 3 arguments")
        return lambda row: _substring(*(argument(row) for argument in arguments))
    count, function = FUNCTIONS[name]
    if len(arguments) != count:
        raise BadQuery(f"{name} takes {count} arguments")
    return lambda row: function(*(argument(row) for argument in arguments))


def _substring(text: Any, start: int, length: int | None = None) -> str:
    return _text(text)[start:] if length is None else _text(text)[start : start + length]


def _comparison(word: str, left: Term, right: Term) -> Term:
    if word == "eq":
        return lambda row: bool(left(row) == right(row))
    if word == "ne":
        return lambda row: bool(left(row) != right(row))

    def ordered(row: Row) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            return False
        try:
            return bool({"gt": a > b, "ge": a >= b, "lt": a < b, "le": a <= b}[word])
        except TypeError as error:
            raise BadQuery(f"cannot compare {type(a).__name__} with {type(b).__name__}") from error

    return ordered


def predicate(text: str, fields: Mapping[str, Term], functions: tuple[str, ...] = V4) -> Callable[[Row], bool]:
    """Translate ``$filter`` into a function of a row. Raises BadQuery.

    ``fields`` maps property names to how a row yields them.
    """
    term = _Parser(text, fields, functions).parse()
    return lambda row: bool(term(row))


def order(text: str, fields: Mapping[str, Term]) -> list[tuple[Term, bool]]:
    """Parse ``$orderby`` as (term, descending) pairs, most significant first. Raises BadQuery."""
    steps = []
    for part in text.split(","):
        words = part.split()
        if not words or len(words) > 2 or words[-1] not in (words[0], "asc", "desc"):
            raise BadQuery(f"cannot order by {part.strip()!r}")
        if words[0] not in fields:
            raise BadQuery(f"no property {words[0]!r}")
        steps.append((fields[words[0]], words[-1] == "desc"))
    return steps


def ordered(rows: list[Any], steps: list[tuple[Term, bool]]) -> list[Any]:
    """Sort the rows in the order that was asked for; nulls come first ascending, as OData says."""
    for term, descending in reversed(steps):
        rows = sorted(rows, key=lambda row: ((value := term(row)) is not None, value), reverse=descending)
    return rows

"""Pages taken apart, and texts that would harm a page that does not escape them."""

from html.parser import HTMLParser

HOSTILE_TEXTS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> ' onmouseover='alert(1)",
    "Robert'); DROP TABLE log;-- {{7*7}} {reason} %(x)s",
    "=cmd|' /C calc'!A0",
]
# what moves the cursor, or turns the line around; and what a person is to see of it
HIDING_TEXT, HIDING_TEXT_SHOWN = "\x1b[2Jfactuur\u202egnp.exe\u2066", "\u241b[2Jfactuur<U+202E>gnp.exe<U+2066>"


class PageElements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

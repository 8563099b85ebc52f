"""Text from elsewhere, as it is shown: nothing in it moves the cursor, turns the line around, or ends it."""

import re
import string

_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\N{SYMBOL FOR DELETE}"}
_NAMED = [*range(0x80, 0xA0), 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_HIDDEN = _CONTROLS | {code: f"<U+{code:04X}>" for code in _NAMED}
_IN_PAGES = {code: shown for code, shown in _HIDDEN.items() if chr(code) not in "\t\n\r"}
_IN_PAGES |= {code: f"&lt;U+{code:04X}&gt;" for code in _NAMED}
_MARKDOWN = str.maketrans({letter: f"\\{letter}" for letter in string.punctuation})
# what makes a spreadsheet take a text for a formula, at the beginning, or where one splits the line at another letter
_FORMULA = re.compile(r"(^\s*|[,;|\"'\u2409]\s*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20\u2409\u240a\u240d])")


def visible(text: str) -> str:
    """Return a text with its control characters, line ends and marks of direction as letters that people see."""
    return text.translate(_HIDDEN)


def visible_in_page(html: str) -> str:
    """Return a page with what ``visible`` shows, but for the line ends and tabs, which a browser takes for blanks."""
    return html.translate(_IN_PAGES)


def as_markdown(text: str) -> str:
    """Return Markdown that reads as the text: no links, no pictures, no headings."""
    return visible(text).translate(_MARKDOWN)


def as_cell(text: str) -> str:
    """Return a text for a spreadsheet, with an apostrophe before what one would calculate."""
    return _FORMULA.sub(lambda start: f"{start[0]}'" if start[0].strip() else f"'{start[0]}", visible(text))

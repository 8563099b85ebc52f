"""Text that people typed, compared as people read it: whatever its Unicode form, its case, blanks and line ends."""

import unicodedata

INVISIBLE = ("Cf", "Cc", "Zs", "Zl", "Zp")  # categories of letters that nobody sees at the end of a text


def fold(text: str) -> str:
    """Return a text in the one form in which all that look the same are equal.

    White space of any kind and length is one blank; soft hyphens and what has no width are nothing.
    """
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible.casefold()).split())


def without_accents(text: str) -> str:
    """Return a folded text without the marks on its letters, for what people leave out when they type."""
    letters = unicodedata.normalize("NFKD", fold(text))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def trim(text: str) -> str:
    """Return a text without the blanks around it, non-breaking ones and what has no width included."""
    seen = [place for place, letter in enumerate(text) if unicodedata.category(letter) not in INVISIBLE]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def digits_of(code: str) -> str:
    """Return a code of digits without what people write between them: blanks and dashes; any other code trimmed."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", code)
        if unicodedata.category(letter) not in (*INVISIBLE, "Pd") and letter != "\N{MINUS SIGN}"
    )
    return plain if plain.isascii() and plain.isdigit() else trim(code)

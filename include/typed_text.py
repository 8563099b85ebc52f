"""Text that people typed, compared as people read it: whatever its Unicode form, its case, blanks and line ends."""

import unicodedata


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

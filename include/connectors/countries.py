"""Countries as people write them, as ISO codes of two letters: codes, car signs, and names in four languages."""

import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global

HOME = "NL"
# signs on cars, of which Dutch bookkeeping is fond, that are no ISO codes; and the one by which the EU knows Greece
_CAR_SIGNS = """
A AT; B BE; BG BG; CDN CA; D DE; E ES; EL GR; F FR; FL LI; H HU; I IT; J JP; L LU; M MT; N NO; P PT; S SE; SLO SI;
T TH; V VA; RUS RU
"""
_ALSO_CALLED = """
Holland NL; The Netherlands NL; Engeland GB; England GB; Schotland GB; Scotland GB; Wales GB; Groot Brittannië GB;
Great Britain GB; Noord Ierland GB; USA US; VS US; United States of America US; Verenigde Staten van Amerika US;
Tsjechische Republiek CZ; Czech Republic CZ; Turkey TR; Bondsrepubliek Duitsland DE; BRD DE
"""
_NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")


def country_code(text: str) -> str | None:
    """Return the ISO code of a country; that of the packages' home for an empty text, None for one nobody knows."""
    return _countries().get(_plain(text)) if text.strip() else HOME


@cache
def _countries() -> dict[str, str]:
    languages = [Locale(language).territories for language in ("fr", "de", "en", "nl")]
    known = {str(code) for code in languages[0]} - set(_NO_COUNTRIES)
    codes = {code for code in known if len(code) == 2 and code.isalpha()}
    written = {_plain(names[code]): code for names in languages for code in codes if code in names}
    for table in (_CAR_SIGNS, _ALSO_CALLED):
        written |= {_plain(name): code for name, code in (entry.rsplit(None, 1) for entry in table.split(";"))}
    # codes of three letters, and of two that were used before
    aliases = get_global("territory_aliases").items()
    written |= {
        _plain(alias): now[0] for alias, now in aliases if alias.isalpha() and len(now) == 1 and now[0] in codes
    }
    return written | {_plain(code): code for code in codes}


def _plain(text: str) -> str:
    """Return the letters of a text alone, without accents and capitals."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in letters if letter.isalpha())

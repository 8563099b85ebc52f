"""The countries of Unit4's addresses: what bookkeepers write, as ISO codes of two letters."""

# besides ISO codes of two letters: codes of three, and those on cars, which Dutch bookkeeping is fond of
_WRITTEN = """
NL NLD; BE B BEL; DE D DEU; FR F FRA; LU L LUX; GB GBR UK; IE IRL; AT A AUT; CH CHE; IT I ITA; ES E ESP; PT P PRT;
SE S SWE; NO N NOR; DK DNK; FI FIN; PL POL; CZ CZE; HU HUN; GR GRC; US USA; CA CAN
"""
COUNTRIES = {"": "NL"} | {
    written: code for code, *others in map(str.split, _WRITTEN.split(";")) for written in (code, *others)
}

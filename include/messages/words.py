"""What our own names are called in a sentence. The catalogue declares which of a message's values is such a name."""

from collections.abc import Mapping

from include.streams import STREAMS, Label

Vocabulary = Mapping[str, Label]

STREAM_NAMES: Vocabulary = {name: stream.plural for name, stream in STREAMS.items()} | {
    # of these Simple-Simon alone has records
    "contacts": Label("contactpersonen", "contacts"),
    "equipment": Label("installaties", "equipment"),
}
# one record of a stream
RECORD_KINDS: Vocabulary = {name: stream.singular for name, stream in STREAMS.items()}
# the fields of our records that Simple-Simon has a place for
FIELD_NAMES: Vocabulary = {
    "name": Label("naam", "name"),
    "number": Label("nummer", "number"),
    "street": Label("straat", "street"),
    "postal_code": Label("postcode", "postal code"),
    "city": Label("plaats", "city"),
    "country_code": Label("land", "country"),
    "phone": Label("telefoon", "phone"),
    "mobile": Label("mobiel", "mobile"),
    "email": Label("e-mailadres", "e-mail address"),
    "vat_number": Label("btw-nummer", "VAT number"),
    "chamber_of_commerce_number": Label("KvK-nummer", "chamber of commerce number"),
    "contact_name": Label("contactpersoon", "contact person"),
    "code": Label("code", "code"),
    "description": Label("omschrijving", "description"),
    "unit": Label("eenheid", "unit"),
    "vat_code": Label("btw-code", "VAT code"),
    "active": Label("actief", "active"),
    "external_id": Label("externe sleutel", "external key"),
    "customer_id": Label("klant", "customer"),
    "group_id": Label("artikelgroep", "article group"),
}
YES_NO: Mapping[bool, Label] = {True: Label("ja", "yes"), False: Label("nee", "no")}
# what can be under way for a tenant
RUN_NAMES: Vocabulary = {
    "sync": Label("synchronisatie", "synchronisation"),
    "cleanup": Label("schoonmaak", "clean-up"),
    "removal": Label("schoonmaak", "clean-up"),
    "restore": Label("terugzetten", "putting back"),
    "wipe": Label("leegmaken", "emptying"),
}
# under the names by which the catalogue's files call them
VOCABULARIES: Mapping[str, Vocabulary] = {
    "streams": STREAM_NAMES,
    "record_kinds": RECORD_KINDS,
    "fields": FIELD_NAMES,
    "runs": RUN_NAMES,
}


def field_name(word: str, language: str) -> str:
    """Return what people call a field of ours."""
    return FIELD_NAMES[word].text(language) if word in FIELD_NAMES else word

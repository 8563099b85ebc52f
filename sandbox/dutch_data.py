"""Dutch names, addresses and articles for the sandboxes: invented, lifelike, the same for the same random source.

They hold what trips up careless software: apostrophes, ampersands, quotes, accents, slashes and long names.
"""

import random
import re
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Decimal


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_FIRST = _words(
    "Jan|Piet|Anouk|Sanne|Daan|Fleur|Lotte|Bram|Joost|Marieke|Thijs|Femke|Ruben|Eva|Sven|Noor|Wouter|Iris|Gijs|"
    "Roos|Koen|Mieke|Hugo|Tess|Bas|Lieke|Stijn|René|Zoë|Chloë|Mehmet|Fatima|Youssef|Samira|Ahmet|André|Hélène|"
    "Jürgen|Truus|Cornelis"
)
_LAST = _words(
    "de Vries|van den Berg|Jansen|Bakker|Visser|Smit|Meijer|de Boer|Mulder|de Groot|Bos|Vos|Peters|Hendriks|Leeuwen|"
    "Dekker|Brouwer|de Wit|Dijkstra|Smits|de Graaf|van der Meer|Kok|van 't Hoff|in 't Veld|'s-Gravesande|op 't Hof|"
    "Öztürk|Yılmaz|El Idrissi|ten Brink|Janssen-van der Linden|Bouwmeester|Kuipers|Scholten|Prins|Huisman|Postma"
)
_TRADE = _words(
    "Installatiebedrijf|Loodgietersbedrijf|Bakkerij|Garage|Hotel|Restaurant|Café|Basisschool|Stichting|VvE|Bouwbedrijf|"
    "Schildersbedrijf|Tandartspraktijk|Apotheek|Slagerij|Kapsalon|Drukkerij|Transportbedrijf|Hoveniersbedrijf|Zorgcentrum"
)
_FANCY = _words(
    "'t Haantje|De Gouden Leeuw|De Drie Gezusters|'t Zonnetje|Het Anker|De Regenboog|'De Eik'|Zonzicht|"
    'De Vier Jaargetijden|Waterland|\'t Winkeltje|"De Meerpaal"|Polderzicht|Noorderlicht|De Kleine Kapitein|Op de Hoek'
)
_FORM = ("", "", "", " B.V.", " B.V.", " BV", " VOF", " & Zn.", " & Partners", " (in oprichting)", " N.V.")
_STREET = _words(
    "Dorpsstraat|Kerkstraat|Stationsweg|Molenweg|Burg. van Tuyllstraat|Laan van 't Hof|Prins Bernhardlaan|Industrieweg|"
    "'s-Gravelandseweg|Oude Gracht|Nieuwe Binnenweg|Julianaplein|1e Helmersstraat|St. Jansstraat|Ambachtsweg|Havenkade|"
    "Van 't Hoffstraat|Wilhelminakade|Dr. Schaepmanstraat|Bosrand|Zuiderzeeweg|Lange Nieuwstraat|Hoofdweg|Achterom"
)
_ADDITION = ("", "", "", "", "a", "B", "-2", " bis", " II", "/3", "-hs")
_CITY = _words(
    "Amsterdam|Rotterdam|'s-Gravenhage|Utrecht|Eindhoven|Groningen|Almere|Breda|Nijmegen|Apeldoorn|'s-Hertogenbosch|"
    "Haarlem|Arnhem|Zaandam|Amersfoort|Hoofddorp|Maastricht|Leiden|Dordrecht|Zoetermeer|Zwolle|Deventer|Súdwest-Fryslân|"
    "'t Harde|Bergen (NH)|Alphen aan den Rijn|Nieuwegein|Veenendaal|Emmen|Venlo|Delft|Capelle aan den IJssel|Hilversum"
)
_AREA = ("010", "020", "024", "026", "030", "033", "040", "043", "050", "058", "070", "071", "073", "076")
_PART = _words(
    "Ontsteker|Kogelkraan|Thermostaatkraan|Pompunit|Gasklep|Wisselaar|Expansievat|Sifon|Rookgasafvoer|Afdichtring|"
    "Koppelstuk|Warmtepomp|Radiator|Cv-ketel|Vlotter|Filter|Leiding|Klemband|Drukmeter|Groepenkast|Wandcontactdoos|Kabel"
)
_KIND = _words(
    '15 mm|22 mm x 1/2"|3/4" binnendraad|230 V|RVS|wit (RAL 9010)|type 22 h=600|met ontluchter & aftap|haaks|2-polig|'
    "Ø 80/125|IP44|50 m¹|verchroomd|incl. toebehoren|zuurstofdicht|7.5 kW|C-klasse, 35°"
)
_BRAND = (
    "Remeha",
    "Vaillant",
    "Itho-Daalderop",
    "Grohe",
    "Honeywell",
    "Nefit/Bosch",
    "Geberit",
    "Busch & Jaeger",
    "ABB",
)
_UNIT = ("stuk", "stuk", "stuk", "stuk", "meter", "doos", "set", "uur", "m²", "rol", "kg")
_SENTENCE = _words(
    "Geschikt voor toestellen van vóór 2018.|Alleen te monteren door een erkend installateur; zie art. 14 & bijlage B.|"
    'Levertijd 3 à 5 werkdagen.|Let op: de maat is 1/2" (buiten) en 15 mm (binnen).|Garantie: 2 jaar op onderdelen.|'
    "Klant belt vóór 8.00 uur bij spoed, anders via info@voorbeeld.nl.|Sleutel ligt bij de buren op nr. 12 'achterom'.|"
    "De prijs is exclusief voorrijkosten, arbeidsloon en < 1% toeslag voor afvoer.|Niet retour na verbreken van zegel."
)


@dataclass(frozen=True, slots=True)
class DutchArticle:
    """Something that is sold, without anything that only one package knows."""

    code: str
    description: str
    unit: str
    price: Decimal


class DutchData:
    """Makes the data; each call takes the next from its random source.

    Texts of which there are only a few thousand are interned, as a large administration holds each of them many times.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def company(self) -> str:
        trade = self.rng.choice(_TRADE)
        if self.rng.random() < 0.4:
            return sys.intern(f"{trade} {self.rng.choice(_FANCY)}{self.rng.choice(_FORM)}")
        return sys.intern(f"{trade} {_capital(self.rng.choice(_LAST))}{self.rng.choice(_FORM)}")

    def person(self) -> tuple[str, str]:
        """Make a first name and a surname, the prefix in the surname."""
        return self.rng.choice(_FIRST), self.rng.choice(_LAST)

    def street(self) -> str:
        """Make a street with a house number."""
        return f"{self.rng.choice(_STREET)} {self.rng.randint(1, 420)}{self.rng.choice(_ADDITION)}"

    def postcode(self) -> str:
        letters = "ABCDEGHJKLMNPRSTVWXZ"
        return f"{self.rng.randint(1011, 9999)} {self.rng.choice(letters)}{self.rng.choice(letters)}"

    def city(self) -> str:
        return self.rng.choice(_CITY)

    def phone(self) -> str:
        return f"{self.rng.choice(_AREA)}-{self.rng.randint(2000000, 7999999)}"

    def mobile(self) -> str:
        return f"06-{self.rng.randint(10000000, 59999999)}"

    def email(self, name: str) -> str:
        """Make an address for this name, at a domain that belongs to nobody."""
        plain = unicodedata.normalize("NFKD", name.replace("ı", "i")).encode("ascii", "ignore").decode().lower()
        local = re.sub(r"[^a-z0-9]+", ".", plain).strip(".") or "info"
        return sys.intern(f"{local[:40]}@{self.rng.choice(('voorbeeld', 'example', 'proef'))}.example")

    def vat_number(self) -> str:
        """Make what has the shape of a Dutch VAT number; it belongs to nobody."""
        return f"NL{self.rng.randint(100000000, 899999999)}B{self.rng.randint(1, 9):02}"

    def kvk(self) -> str:
        return str(self.rng.randint(10000000, 89999999))

    def article(self) -> DutchArticle:
        """Make an article; its code is not promised to be unique."""
        part, kind, brand = self.rng.choice(_PART), self.rng.choice(_KIND), self.rng.choice(_BRAND)
        separator = self.rng.choice(("-", "/", ".", "", " "))
        code = f"{part[:3].upper()}{separator}{self.rng.randint(1000, 99999)}"
        price = Decimal(self.rng.randint(45, 260000)) / 100
        return DutchArticle(code, sys.intern(f"{part} {brand} {kind}"), self.rng.choice(_UNIT), price)

    def text(self, sentences: int = 3) -> str:
        """Make a few sentences of the kind that people type in a remarks field."""
        return " ".join(self.rng.choice(_SENTENCE) for _ in range(sentences))


def _capital(surname: str) -> str:
    return surname if surname.startswith("'") else surname[0].upper() + surname[1:]

"""The table of master data: every stream, once, in the order in which the field service app is written to.

What a package calls them, and how it lists them, is in ``connectors``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from include.records import Article, ArticleGroup, ArticleType, Customer, MasterRecord, WorkAddress


@dataclass(frozen=True)
class Label:
    """What people call something in a sentence, in Dutch and in English."""

    nl: str
    en: str

    def text(self, language: str) -> str:
        """Return it in this language, ``nl`` or ``en``."""
        return self.nl if language == "nl" else self.en


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A kind of master data, which the package leads (R1). ``table`` is what the integration log calls one record.

    ``number_field`` is the field of ``record`` by which people know one, where they do. ``in_simon``: the field service
    app has a table for it. ``follows``: it is not read by itself, but made with each record of that stream, under the
    same key. ``points_at``: its records need those of that stream in Simon.
    """

    name: str
    record: type[MasterRecord]
    table: str
    singular: Label
    plural: Label
    number_field: str = ""
    in_simon: bool = True
    follows: str | None = None
    points_at: str | None = None


# a record comes after those that it points at
_IN_ORDER_OF_WRITING = (
    Stream(
        name="customers",
        record=Customer,
        table="customer",
        singular=Label("klant", "customer"),
        plural=Label("klanten", "customers"),
        number_field="number",
    ),
    Stream(
        name="work_addresses",  # of each customer its default one (R1.4)
        record=WorkAddress,
        table="work_address",
        singular=Label("werkadres", "work address"),
        plural=Label("werkadressen", "work addresses"),
        follows="customers",
    ),
    Stream(
        name="article_groups",
        record=ArticleGroup,
        table="article_group",
        singular=Label("artikelgroep", "article group"),
        plural=Label("artikelgroepen", "article groups"),
    ),
    Stream(
        name="article_types",  # read to be chosen in a filter
        record=ArticleType,
        table="article_type",
        singular=Label("artikeltype", "article type"),
        plural=Label("artikeltypen", "article types"),
        in_simon=False,
    ),
    Stream(
        name="articles",
        record=Article,
        table="article",
        singular=Label("artikel", "article"),
        plural=Label("artikelen", "articles"),
        number_field="code",
        points_at="article_groups",
    ),
)

STREAMS: Mapping[str, Stream] = MappingProxyType({stream.name: stream for stream in _IN_ORDER_OF_WRITING})


def with_followers(name: str) -> list[str]:
    """Return a stream and those that are made with it: all in which its keys may have a link."""
    return [name, *(stream.name for stream in STREAMS.values() if stream.follows == name)]


def with_needed(names: Iterable[str]) -> set[str]:
    """Return these streams and those that they point at, without which their records would be refused."""
    known = {*names}
    return known | {needed for name in known if name in STREAMS and (needed := STREAMS[name].points_at)}


# the streams that the field service app has
WRITING_ORDER: tuple[str, ...] = tuple(stream.name for stream in STREAMS.values() if stream.in_simon)
# a record goes before those that it points at; what follows another goes along with it, so the rest of it comes after
REMOVAL_ORDER: tuple[str, ...] = tuple(
    name
    for stream in reversed(_IN_ORDER_OF_WRITING)
    if stream.in_simon and stream.follows is None
    for name in with_followers(stream.name)
)

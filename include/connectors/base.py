"""The whole contract of a connector, on one page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

from include.connectors.consent import Consent
from include.http import Http
from include.records import (
    Document,
    MasterRecord,
    PlannedDocument,
    Raw,
    SentDocument,
    WorkOrder,
    WorkOrderSighting,
)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("use a whole address: https://host/path")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Access(BaseModel):
    """What it takes to sign in to one system for one tenant, tokens included. Stored encrypted as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def stored(self) -> Raw:
        """All fields with their secrets in the clear, for the encrypted store only."""
        values = self.model_dump(mode="json")
        for name in type(self).model_fields:
            if isinstance(value := getattr(self, name), SecretStr):
                values[name] = value.get_secret_value()
        return values


A = TypeVar("A", bound=Access)


class Vault(Protocol[A]):
    """Where a tenant's access to one system is kept; it outlives the client that uses it."""

    def read(self) -> A: ...

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        """The access to go on with after ``used`` turned out to be expired.

        Under a lock: when somebody else renewed it meanwhile, that one; otherwise ``exchange(stored)``, stored before
        it is returned. An ``exchange`` that raises TokenDead is the last one until a person connects again.
        """


class PackageSettings(BaseModel):
    """What a tenant can set for any accounting package (requirements, section 4)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    administration: str = Field(title="Administratie", min_length=1, description="Number of the administration.")
    travel_article: str = Field(
        "", title="Artikel reistijd", description="Article code for travel time; empty: not booked."
    )
    work_article: str = Field(
        "", title="Artikel werktijd", description="Article code for work time; empty: not booked."
    )
    default_article: str = Field(
        "", title="Standaardartikel", description="Article code that is on every document, once."
    )
    work_description: bool = Field(False, title="Werkomschrijving", description="Work description as the first line.")
    filter_word: str = Field("", title="Filterwoord", description="Work orders with this word are not sent.")

    sync_at: str = Field(
        "",
        title="Tijd van de dagelijkse synchronisatie",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="HH:MM, Dutch time; empty: a minute of its own for each tenant.",
    )
    cleanup_days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        ("mon", "wed", "fri"), title="Dagen van de schoonmaak", description="In the night of these days; empty: never."
    )
    cleanup_at: str = Field(
        "",
        title="Tijd van de schoonmaak",
        pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$",
        description="HH:MM, Dutch time; empty: a minute of its own between 0:00 and 6:00 for each tenant.",
    )
    cleanup_most: int = Field(
        50, title="Schoonmaak: hoogstens", ge=0, description="Records of a kind that go without a person's approval."
    )
    cleanup_share: int = Field(
        10, title="Schoonmaak: hoogstens %", ge=0, le=100, description="The same, as a percentage of what Simon holds."
    )
    simon_at_once: int = Field(
        1, title="Gelijktijdige verzoeken", ge=1, le=8, description="Requests to Simple-Simon at the same time."
    )

    @field_validator("*")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        texts = value if isinstance(value, tuple) else (value,)
        if not all(text.isprintable() for text in texts if isinstance(text, str)):
            raise ValueError("use one line of readable characters")
        return value

    @property
    def watch_minutes(self) -> int | None:
        """How often to look whether the package's lists changed; None where looking costs as much as reading."""
        return None

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the article groups to fetch; empty means all (R1.6)."""
        return ()

    @property
    def type_keys(self) -> tuple[str, ...]:
        """Keys of the article types to fetch; empty means all (R1.7)."""
        return ()

    @property
    def memo_parts(self) -> tuple[str, ...]:
        """What goes into the document's memo: ``work_address``, ``work_description`` (R3.8)."""
        return ()


@dataclass(frozen=True)
class Stream:
    """A kind of record that is read from a package, as data; the loop over it stands in ``sync.extract``.

    ``path``, ``query`` and ``single`` are the client's own; ``key`` is the field that identifies a row. A stream with a
    ``parent`` is read once for every row of that stream, with ``{names}`` in its path filled from the parent's row.
    """

    name: str
    path: str
    key: str
    to_record: Callable[[Raw], MasterRecord] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    paged: bool = True
    single: str = ""  # path of one row, with ``{key}``


@dataclass(frozen=True)
class Held:
    """A record in the field service app, as far as a listing shows it; ``key`` is the package's, if it carries one.

    ``number`` is what people know a customer or an article by.
    """

    id: int
    key: str | None
    active: bool
    label: str
    number: str = ""


@dataclass(frozen=True)
class Kept:
    """A whole record of the field service app, and those that go when it goes."""

    stream: str
    row: Raw
    under: tuple["Kept", ...] = ()


@dataclass(frozen=True)
class Page:
    """Some rows of a stream. ``next`` is the cursor of the page after it, None at the end; ``total`` if announced."""

    rows: list[Raw]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True)
class Administration:
    """One that the access reaches. ``api``: its subscription includes the API; ``lacking``: rights it does not give."""

    number: str
    name: str
    api: bool = True
    lacking: tuple[str, ...] = ()


class PackageClient(Protocol):
    """Reads the streams of one administration."""

    def administrations(self) -> Sequence[Administration]:
        """All that the access reaches, whichever of them this one is."""

    def try_rights(self) -> None:
        """One small read of each thing that the coupling works with. Raises IntegrationError when one is refused."""

    def page(self, stream: Stream, cursor: str | None, parent: Raw | None = None) -> Page: ...

    def fingerprint(self, streams: Sequence[Stream]) -> str | None:
        """A digest of the raw lists, the same as long as nothing in them changed; None when it cannot say."""

    def one(self, stream: Stream, key: str) -> Raw | None:
        """One row as it is now; None only when every way of asking says that it is not there."""

    def standing(self) -> str:
        """Who we are to the package and what it lets us see; another text means other rights."""


class DocumentSink(Protocol):
    """Makes documents in a package (R3.2). ``serial``: it is sent one document at a time."""

    serial: bool

    def plan(self, document: Document) -> PlannedDocument:
        """What it will hold of this document, by its own arithmetic. Raises RecordRejected for what it would refuse."""

    def find(self, reference: str, customer_key: str) -> Sequence[SentDocument]:
        """The documents of this customer that carry this reference already, with their lines."""

    def document(self, id: str) -> SentDocument | None:
        """One as it is now, with its lines; None when it is gone."""

    def send(self, document: Document) -> SentDocument:
        """Make it. Raises AnswerLost when it may have been made, RecordRejected when the package refuses it."""


class FieldService(Protocol):
    """The field service app: follows the master data, yields the work orders."""

    streams: Sequence[str]  # what it has a table for, in the order in which records depend on each other

    def content(self, record: MasterRecord) -> tuple[Raw, list[tuple[str, int]]]:
        """What would be written for it, without other records' ids; (field, length) of texts that were shortened."""

    def parents(self, record: MasterRecord) -> dict[str, tuple[str, str]]:
        """Field -> (stream, key) of the records it points at."""

    def find(self, stream: str, keys: Sequence[str]) -> dict[str, list[int]]:
        """Ids of the records that carry these keys of the package, lowest first."""

    def held(self, stream: str, ids: Sequence[int]) -> dict[int, Raw]:
        """These records as they are now; one that is gone is left out."""

    def key_in(self, stream: str, held: Raw) -> str | None:
        """The package's key that a record carries."""

    def id_in(self, stream: str, held: Raw) -> int:
        """Its own id."""

    def active_in(self, stream: str, held: Raw) -> bool:
        """Whether it is active."""

    def create(self, stream: str, key: str, content: Raw) -> int:
        """Its new id. Raises AnswerLost, RecordRejected."""

    def update(self, stream: str, held: Raw, key: str, content: Raw) -> bool:
        """Bring it in line; False when it was already. Raises RecordRejected, LookupError when it is gone."""

    def listing(self, stream: str) -> Iterator[list[Held]]:
        """All records of a stream, page by page."""

    def in_use(self) -> dict[str, dict[int, str]]:
        """By stream: the ids that stand on a work order that is not archived, with the number of such a work order."""

    def set_active(self, stream: str, id: int, active: bool) -> bool:
        """False when it was so already, or is gone. Raises RecordRejected."""

    def export(self, stream: str, id: int) -> Kept | None:
        """A record and what would be deleted along with it, with all fields; None when it is gone."""

    def delete(self, stream: str, id: int) -> bool:
        """Whether it is gone now; False when it is refused because it is in use. Raises RecordRejected."""

    def recreate(self, kept: Kept, mark: str, known: Sequence[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
        """Make it and what went with it again: (stream, id before, id now). The same mark never makes a second one.

        ``known`` are those that are there again: it may point at them, and they are not made a second time. Until
        ``unmark`` the records carry the mark in the place of their external id.
        """

    def unmark(self, kept: Kept, made: Sequence[tuple[str, int, int]]) -> None:
        """Give the records that were made again their own external ids back."""

    def archived(self, since: datetime) -> list[WorkOrderSighting]:
        """Archived work orders that changed at or after a moment, oldest change first."""

    def ready(self) -> list[int]:
        """Ids of work orders that were reported ready and are not archived; at most a page of them."""

    def work_order(self, id: int) -> WorkOrder | None:
        """The whole work order, None when it is gone or not archived."""


class PackageConnection(PackageClient, DocumentSink, Protocol):
    """One administration of a package, opened: its streams and its documents."""


class OpenPackage(Protocol):
    def __call__(self, vault: Any, settings: Any, http: Http) -> PackageConnection: ...


@dataclass(frozen=True)
class Connector:
    """One remote system. What only one side has is None on the other.

    An accounting package has ``settings``, ``streams``, ``open_package`` and ``work_address``, which makes the default
    work address (R1.4) of a customer from its row and the rows under it. ``by_code`` is the query that finds an article
    code in the stream ``articles``; ``chosen_from`` has, by setting, the list of which it must name a record. The
    field service app has ``open_app``. ``reached`` tries an access with as few requests as it takes, and lists what it
    opens; ``consent`` is there where people give us access at the vendor's own page. ``per_minute`` is how many
    requests it takes, where that is known.
    """

    name: str
    title: str
    access: type[Access]
    settings: type[PackageSettings] | None = None
    streams: Sequence[Stream] = ()
    open_package: OpenPackage | None = None
    work_address: Callable[[Raw, Sequence[Raw]], MasterRecord] | None = None
    by_code: Callable[[str], Mapping[str, str]] | None = None
    chosen_from: Mapping[str, Stream] = field(default_factory=dict)
    open_app: Callable[[Any, Http], FieldService] | None = None
    consent: Consent | None = None
    reached: Callable[[Any, Http], Sequence[Administration]] | None = None
    per_minute: int | None = None

    def stream(self, name: str) -> Stream:
        """Raises StopIteration for a stream it does not have."""
        return next(stream for stream in self.streams if stream.name == name)

    def children(self, name: str) -> list[Stream]:
        """The streams that are read under each row of this one."""
        return [stream for stream in self.streams if stream.parent == name]

    @property
    def choices(self) -> list[str]:
        """The streams a person can choose to synchronise, in their order."""
        return [stream.name for stream in self.streams if stream.parent is None]

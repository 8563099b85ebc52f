"""The whole contract of a connector, on one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from include.http import Http
from include.records import Document, MasterRecord, Raw, SentDocument, WorkOrder, WorkOrderSighting


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
        it is returned.
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
    simon_at_once: int = Field(
        1, title="Gelijktijdige verzoeken", ge=1, le=8, description="Requests to Simple-Simon at the same time."
    )

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

    ``path`` and ``query`` are the client's own; ``key`` is the field that identifies a row. A stream with a ``parent``
    is read once for every row of that stream, with ``{names}`` in its path filled from the parent's row.
    """

    name: str
    path: str
    key: str
    to_record: Callable[[Raw], MasterRecord] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    paged: bool = True


@dataclass(frozen=True)
class Page:
    """Some rows of a stream. ``next`` is the cursor of the page after it, None at the end; ``total`` if announced."""

    rows: list[Raw]
    next: str | None = None
    total: int | None = None


class PackageClient(Protocol):
    """Reads the streams of one administration."""

    def page(self, stream: Stream, cursor: str | None, parent: Raw | None = None) -> Page: ...

    def fingerprint(self, streams: Sequence[Stream]) -> str | None:
        """A digest of the raw lists, the same as long as nothing in them changed; None when it cannot say."""


class DocumentSink(Protocol):
    """Makes documents in a package (R3.2)."""

    def find(self, reference: str, customer_key: str) -> Sequence[SentDocument]:
        """The documents of this customer that carry this reference already."""

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

    def create(self, stream: str, key: str, content: Raw) -> int:
        """Its new id. Raises AnswerLost, RecordRejected."""

    def update(self, stream: str, held: Raw, key: str, content: Raw) -> bool:
        """Bring it in line; False when it was already. Raises RecordRejected, LookupError when it is gone."""

    def archived(self, since: datetime) -> list[WorkOrderSighting]:
        """Archived work orders that changed at or after a moment, oldest change first."""

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
    work address (R1.4) of a customer from its row and the rows under it. The field service app has ``open_app``.
    """

    name: str
    title: str
    access: type[Access]
    settings: type[PackageSettings] | None = None
    streams: Sequence[Stream] = ()
    open_package: OpenPackage | None = None
    work_address: Callable[[Raw, Sequence[Raw]], MasterRecord] | None = None
    open_app: Callable[[Any, Http], FieldService] | None = None

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

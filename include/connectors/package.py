"""The contract of an accounting package: its streams are read, and documents are made in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from include.connectors.access import Access
from include.connectors.auth import OAuthConfig
from include.connectors.field_service import FieldService
from include.connectors.settings import PackageSettings
from include.http import Http
from include.records import Document, ExpectedDocument, MasterRecord, PackageDocument, Raw


@dataclass(frozen=True)
class PackageStream:
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

    def page(self, stream: PackageStream, cursor: str | None, parent: Raw | None = None) -> Page: ...

    def fingerprint(self, streams: Sequence[PackageStream]) -> str | None:
        """A digest of the raw lists, the same as long as nothing in them changed; None when it cannot say."""

    def one(self, stream: PackageStream, key: str) -> Raw | None:
        """One row as it is now; None only when every way of asking says that it is not there."""

    def standing(self) -> str:
        """Who we are to the package and what it lets us see; another text means other rights."""


class DocumentSink(Protocol):
    """Makes documents in a package (R3.2). ``serial``: it is sent one document at a time."""

    serial: bool

    def plan(self, document: Document) -> ExpectedDocument:
        """What it will hold of this document, by its own arithmetic. Raises RecordRejected for what it would refuse."""

    def find(self, reference: str, customer_key: str) -> Sequence[PackageDocument]:
        """The documents of this customer that carry this reference already, with their lines."""

    def document(self, id: str) -> PackageDocument | None:
        """One as it is now, with its lines; None when it is gone."""

    def send(self, document: Document) -> PackageDocument:
        """Make it. Raises AnswerLost when it may have been made, RecordRejected when the package refuses it."""


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
    streams: Sequence[PackageStream] = ()
    open_package: OpenPackage | None = None
    work_address: Callable[[Raw, Sequence[Raw]], MasterRecord] | None = None
    by_code: Callable[[str], Mapping[str, str]] | None = None
    chosen_from: Mapping[str, PackageStream] = field(default_factory=dict)
    open_app: Callable[[Any, Http], FieldService] | None = None
    consent: OAuthConfig | None = None
    reached: Callable[[Any, Http], Sequence[Administration]] | None = None
    per_minute: int | None = None

    def stream(self, name: str) -> PackageStream:
        """Raises StopIteration for a stream it does not have."""
        return next(stream for stream in self.streams if stream.name == name)

    def children(self, name: str) -> list[PackageStream]:
        """The streams that are read under each row of this one."""
        return [stream for stream in self.streams if stream.parent == name]

    @property
    def choices(self) -> list[str]:
        """The streams a person can choose to synchronise, in their order."""
        return [stream.name for stream in self.streams if stream.parent is None]

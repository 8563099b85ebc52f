"""The contract of an accounting package: its streams are read, and documents are made in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from include.connectors.settings import PackageSettings
from include.connectors.system import Administration, RemoteSystem
from include.http import Http
from include.records import Document, ExpectedDocument, MasterRecord, PackageDocument, Raw


@dataclass(frozen=True)
class PackageList:
    """Describes a list that is read from a package; the loop over it is in ``sync.extract``.

    ``path`` and ``query`` are the client's own; ``key`` is the field that identifies a row; ``paged`` is False when the
    list comes whole.
    """

    name: str
    path: str
    key: str
    query: Mapping[str, Any] = field(default_factory=dict)
    paged: bool = True


@dataclass(frozen=True, kw_only=True)
class PackageStream(PackageList):
    """A list whose rows become records. ``record_path`` is how the client finds one row, by its ``{key}``.

    ``reusable_key``: people give the key, and may give it again to something else; the identity then tells which it is.
    """

    to_record: Callable[[Raw], MasterRecord]
    record_path: str = ""
    reusable_key: bool = False


@dataclass(frozen=True, kw_only=True)
class ChildStream(PackageList):
    """A list that is read once for every row of the stream ``parent``; ``{names}`` in its path come from that row."""

    parent: str


@dataclass(frozen=True)
class RowPage:
    """Holds some rows of a list. ``next`` is the cursor of the page after it, None at the end.

    ``total`` is how many rows the list has, where the package announces it.
    """

    rows: list[Raw]
    next: str | None = None
    total: int | None = None


class PackageClient(Protocol):
    """Reads the lists of one administration."""

    def administrations(self) -> Sequence[Administration]:
        """List all administrations that the access opens, whichever of them this one is."""

    def check_permissions(self) -> None:
        """Read a little of each thing that the coupling works with. Raises IntegrationError when one is refused."""

    def page(self, stream: PackageList, cursor: str | None, parent: Raw | None = None) -> RowPage:
        """Read the page of a list at a cursor, None for the first; ``parent`` is the row that it is read under."""

    def fingerprint(self, streams: Sequence[PackageList]) -> str | None:
        """Return a digest of the raw lists, the same as long as nothing in them changed; None when it cannot tell."""

    def get(self, stream: PackageStream, key: str) -> Raw | None:
        """Return one row as it is now; None only when every way of asking says that it is not there."""

    def access_fingerprint(self) -> str:
        """Tell who we are to the package and what it lets us see; another text means other rights."""


class DocumentSink(Protocol):
    """Makes documents in a package (R3.2). ``serial`` means that it is sent one document at a time."""

    serial: bool

    def expected_document(self, document: Document) -> ExpectedDocument:
        """Return what the package will make of a document, by its own arithmetic.

        Raises RecordRejected for what it would refuse.
        """

    def find(self, reference: str, customer_key: str) -> Sequence[PackageDocument]:
        """Return the documents that carry this reference already, with their lines, whatever was added to it.

        Those of this customer; and of others as far as the package can be searched for them.
        """

    def of_day(self, customer_key: str, on: date) -> Sequence[PackageDocument]:
        """Return all documents of a customer and day; none where nobody can edit a reference."""

    def document(self, id: str) -> PackageDocument | None:
        """Return a document as it is now, with its lines; None when it is gone."""

    def send(self, document: Document) -> PackageDocument:
        """Make a document.

        Raises OutcomeUnknown when it may have been made, RecordRejected when the package refuses it.
        """


class PackageConnection(PackageClient, DocumentSink, Protocol):
    """An administration of a package, opened: reads its lists and makes documents in it."""


@dataclass(frozen=True, kw_only=True)
class Package(RemoteSystem):
    """Describes an accounting package.

    ``open`` opens one administration. ``work_address`` makes the default work address of a customer (R1.4) from its row
    and the rows under it. ``article_query`` is the query that finds an article code in the stream ``articles``;
    ``pick_lists`` has, by setting, the list of which it must name a record. ``requests_per_minute`` is how many
    requests it takes, where that is known.
    """

    settings: type[PackageSettings]
    streams: Sequence[PackageStream]
    open: Callable[[Any, Any, Http], PackageConnection]
    work_address: Callable[[Raw, Sequence[Raw]], MasterRecord]
    article_query: Callable[[str], Mapping[str, str]]
    child_streams: Sequence[ChildStream] = ()
    pick_lists: Mapping[str, PackageStream] = field(default_factory=dict)
    requests_per_minute: int | None = None

    def stream(self, name: str) -> PackageStream:
        """Return a stream by its name. Raises StopIteration for one that the package does not have."""
        return next(stream for stream in self.streams if stream.name == name)

    def children(self, name: str) -> list[ChildStream]:
        """Return the streams that are read under each row of this one."""
        return [child for child in self.child_streams if child.parent == name]

    @property
    def choices(self) -> list[str]:
        """The names of the streams that a person can choose to synchronise, in their order."""
        return [stream.name for stream in self.streams]

"""An accounting package as tests see it: the seeded administration in its sandbox, and what a bookkeeper does there."""

import random
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from include.context import Context
from include.tenants.tenant import Tenant
from local.sandbox import SandboxControl
from sandbox.server import Server
from tests.helpers.documents import BookedDocument


@dataclass(frozen=True)
class PackageCustomer:
    """A customer that Simon should hold. ``work_place`` is (street or one of two, city) when it has one of its own."""

    key: str
    number: str
    name: str
    is_company: bool
    work_place: tuple[tuple[str, ...], str] | None = None


class AccountingPackage(ABC):
    """Reads and changes the seeded administration. What needs ``server`` works only where the sandboxes run in-process.

    Routes are the last parts of paths; what is called a path is a pattern of paths, as a fault has it.
    """

    name: ClassVar[str]
    login_fields: ClassVar[Mapping[str, str]]  # what a person types at the vendor's page
    customers_route: ClassVar[str]
    articles_route: ClassVar[str]
    documents_route: ClassVar[str]
    document_search_path: ClassVar[str]
    search_lag_switch: ClassVar[str]  # how long a new document stays out of searches
    single_records_path: ClassVar[str]
    api_path: ClassVar[str]  # all of the API
    access_path: ClassVar[str]  # what refuses an access that was withdrawn
    push_requests: ClassVar[frozenset[str]]  # what a push must have asked, at the very least
    lists_announce_totals: ClassVar[bool]
    lists_are_read_twice: ClassVar[bool]  # as nothing announces how many there are
    references_are_unique: ClassVar[bool]
    is_polled_for_changes: ClassVar[bool]
    odd_article_codes: ClassVar[tuple[str, ...]]
    filters: ClassVar[Mapping[str, Any]] = {}  # settings that leave out a part of the seeded articles
    filtered_groups: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, control: SandboxControl, server: Server | None = None) -> None:
        self.control, self._server = control, server

    @property
    def number(self) -> str:
        """The number of the seeded administration."""
        return self.control.administration(self.name)

    @property
    def service(self) -> Any:
        """Return the object behind this package's sandbox."""
        assert self._server is not None, "the sandboxes do not run in this process"
        return self._server.services[self.name]

    @property
    @abstractmethod
    def administration(self) -> Any:
        """The object behind the seeded administration."""

    def lag_searches(self, seconds: int) -> None:
        """Let searches show what is made from now on only after so long."""
        self.control.call("PUT", "switches", {self.search_lag_switch: seconds})

    @property
    def customers_path(self) -> str:
        """The pattern of the paths that list customers."""
        return f"/{self.customers_route}$"

    @property
    def articles_path(self) -> str:
        """The pattern of the paths that list articles."""
        return f"/{self.articles_route}$"

    @property
    def documents_path(self) -> str:
        """The pattern of the paths that a new document is posted to."""
        return f"/{self.documents_route}$"

    def data(self) -> dict[str, list[dict[str, Any]]]:
        """Return all records of the administration, by kind."""
        return self.control.package(self.name)

    @abstractmethod
    def documents(self) -> list[BookedDocument]:
        """Return all documents of the administration."""

    @staticmethod
    @abstractmethod
    def simple_document(customer_key: str, reference: str) -> tuple[str, dict[str, Any]]:
        """Return the path and the body of a document with one line, as a program that knows little would post it."""

    @staticmethod
    @abstractmethod
    def access_at(url: str) -> dict[str, Any]:
        """Return an access to an API at this address, with a token that does not expire."""

    # master data

    @abstractmethod
    def customers(self) -> list[PackageCustomer]:
        """Return the customers that Simon should hold."""

    @abstractmethod
    def listed_customers(self) -> int:
        """Return how many rows the package lists of customers, those out of scope included."""

    def customer_keys(self) -> set[str]:
        """Return the keys of the customers that Simon should hold."""
        return {customer.key for customer in self.customers()}

    @abstractmethod
    def article_codes(self, groups: set[str] | None = None, types: set[int] | None = None) -> set[str]:
        """Return the codes of the articles that Simon should hold under these filters: keys of groups, and types."""

    @abstractmethod
    def filtered_article_codes(self) -> set[str]:
        """Return the codes of the articles that Simon should hold under ``filters``."""

    @abstractmethod
    def rename_customer(self, key: str, name: str) -> None:
        """Give a customer another name."""

    def rename_first_company(self, name: str) -> str:
        """Give the first customer that is a company another name, and return its key."""
        key = next(customer.key for customer in self.customers() if customer.is_company)
        self.rename_customer(key, name)
        return key

    @abstractmethod
    def create_article(self, code: str, price: str) -> None:
        """Make an article with this code and price."""

    @abstractmethod
    def rename_article(self, before: str, after: str) -> None:
        """Give an article another code."""

    @abstractmethod
    def delete_record(self, stream: str, key: str) -> None:
        """Delete a record of this stream."""

    # rows of the sandbox itself: quick, and without a trace in the counted requests

    @abstractmethod
    def table(self, stream: str) -> Any:
        """Return the sandbox's own table of this stream."""

    @abstractmethod
    def rows(self, stream: str) -> dict[str, Any]:
        """Return the sandbox's own rows of this stream by key."""

    @staticmethod
    def table_key(key: str) -> Any:
        """Return a key as the sandbox's tables have it."""
        return key

    @abstractmethod
    def is_in_scope(self, stream: str, row: Any, groups: Collection[str]) -> bool:
        """Tell whether Simon should hold this row, under a filter of these names of article groups."""

    @abstractmethod
    def put_out_of_scope(self, stream: str, key: str, rng: random.Random) -> None:
        """Change a record so that Simon should not hold it any more."""

    @abstractmethod
    def copy_of(self, row: Any) -> Any:
        """Return what ``restore_row`` needs to put a row back."""

    @abstractmethod
    def restore_row(self, stream: str, key: str, copy: Any) -> None:
        """Put a row back as it was when it was copied."""

    # documents

    @abstractmethod
    def stored_document(self, document: BookedDocument) -> Any:
        """Return the sandbox's own row of a document, which may be changed."""

    @abstractmethod
    def delay_document(self, document: BookedDocument, days: int) -> None:
        """Give a document a later date."""

    @abstractmethod
    def change_last_quantity(self, document: BookedDocument, quantity: int) -> None:
        """Give the last line of a document another quantity."""

    @abstractmethod
    def copy_document(self, document: BookedDocument) -> None:
        """Make a second one like it, with the same reference."""

    @abstractmethod
    def delete_document(self, document: BookedDocument) -> None:
        """Delete a document, and all that the package remembers of its reference."""

    # access

    @abstractmethod
    def use_expiring_tokens(self, context: Context, tenant: Tenant) -> None:
        """Let the tenant sign in with tokens that expire, if it does not yet."""

    @abstractmethod
    def expire_tokens(self) -> None:
        """Let the tokens expire that the tenant signs in with at first, if they are of those that expire."""

    @abstractmethod
    def revoke_consent(self) -> None:
        """Withdraw every consent, so that no token can be renewed."""

    @abstractmethod
    def other_administration(self) -> str:
        """Return the number of an administration with records of its own, to which the access has all rights too."""

    @abstractmethod
    def set_rights(self, **rights: Any) -> None:
        """Set how much of the administration the access sees."""

    @abstractmethod
    def narrower_rights(self, rng: random.Random) -> dict[str, Any]:
        """Return rights that are fewer, and that the package shows to be so."""

    def name_groups(self, first: str, second: str) -> None:  # noqa: B027 - a package without groups has nothing to do
        """Give the first two article groups these names again, where the package has groups."""

    @abstractmethod
    def reset_rights(self) -> None:
        """Give the access all rights again."""

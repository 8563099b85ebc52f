"""The package as the checks of one tenant read it: each list once, and nothing more after the first refusal."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar

from include.access.systems import open_package
from include.connectors.package import PackageConnection, PackageStream
from include.connectors.settings import PackageSettings
from include.connectors.system import Administration
from include.context import Context
from include.errors import IntegrationError, Misconfigured
from include.records import Article, MasterRecord
from include.settings.lookup import articles_with_code, record_pages
from include.store import records
from include.tenants.tenant import Tenant

T = TypeVar("T")
NEAR_PAGES = 20  # pages of articles in which a code that was probably meant is sought


class LivePackage:
    """The package as it is now, under the settings of ``tenant``, which need not be saved ones.

    The caller gives an opened ``connection`` when the access is not stored either.
    """

    def __init__(self, context: Context, tenant: Tenant, connection: PackageConnection | None = None) -> None:
        self.context, self.tenant, self._given_connection = context, tenant, connection
        self._lists: dict[str, Sequence[MasterRecord]] = {}
        self._found_articles: list[Article] = []
        self._trouble: IntegrationError | None = None

    @property
    def settings(self) -> PackageSettings:
        """The settings under which it is read."""
        return self.tenant.settings

    @cached_property
    def administrations(self) -> Sequence[Administration]:
        """All that the access reaches. Raises IntegrationError."""
        return self._ask(lambda: self._connection.administrations())

    @property
    def administration(self) -> Administration | None:
        """The one that the settings name, if it is among them. Raises IntegrationError."""
        number = self.settings.administration
        return next((each for each in self.administrations if each.number == number), None)

    def check_permissions(self) -> None:
        """Ask for each thing that the coupling does. Raises IntegrationError when the access may not do it there."""
        self._ask_administration(lambda: self._connection.check_permissions())

    def articles(self, code: str) -> list[Article]:
        """Return the articles with exactly this code. Raises IntegrationError."""
        articles = self._ask_administration(lambda: articles_with_code(self.tenant.package, self._connection, code))
        self._found_articles += articles
        return articles

    def some_articles(self) -> dict[str, str]:
        """Return code and description of the first pages of articles. Raises IntegrationError."""
        stream = self.tenant.package.stream("articles")
        pages = self._ask_administration(
            lambda: list(islice(record_pages(self.tenant.package, self._connection, stream), NEAR_PAGES))
        )
        articles = [record for page in pages for record in page if isinstance(record, Article)]
        return {article.code: article.description for article in articles}

    def records(self, stream: PackageStream) -> Sequence[MasterRecord]:
        """Return a whole list. Raises IntegrationError."""
        if stream.name not in self._lists:
            pages = self._ask_administration(lambda: list(record_pages(self.tenant.package, self._connection, stream)))
            self._lists[stream.name] = [record for page in pages for record in page]
        return self._lists[stream.name]

    def store_articles(self) -> None:
        """Let the push know the articles that were found here, so that what passed does not fail for it (R4.2)."""
        if self.tenant.active_since is None:
            return  # nothing was imported yet, and the administration may still be another one
        with self.context.store.begin() as tx:
            for article in self._found_articles:
                records.save_lookup(tx, self.tenant.id, "articles", article.key, json=article.model_dump_json())

    @cached_property
    def _connection(self) -> PackageConnection:
        return self._given_connection or open_package(self.context, self.tenant)

    def _ask_administration(self, read: Callable[[], T]) -> T:
        """Read in the administration, once it is known to be one that can be opened."""
        own = self.administration
        if own is None or not own.has_api or own.missing_rights:
            raise Misconfigured("settings.administration_first")
        return self._ask(read)

    def _ask(self, read: Callable[[], T]) -> T:
        """Read, unless something went wrong before: it would go wrong again, and take its time for it."""
        if self._trouble is not None:
            raise self._trouble
        try:
            return read()
        except IntegrationError as error:
            self._trouble = error
            raise

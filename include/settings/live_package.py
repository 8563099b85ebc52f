"""What the checks of one tenant read from its package: each list once, and nothing more after the first refusal."""

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
from include.settings.lookup import pages, with_code
from include.store import records
from include.tenants.tenant import Tenant

T = TypeVar("T")
NEAR_PAGES = 20  # pages of articles in which a code that was probably meant is sought


class LivePackage:
    """The package as it is now, under the settings of ``tenant``, which need not be saved ones.

    ``opened`` by the caller when the access is not stored either.
    """

    def __init__(self, context: Context, tenant: Tenant, opened: PackageConnection | None = None) -> None:
        self.context, self.tenant, self._opened = context, tenant, opened
        self._lists: dict[str, Sequence[MasterRecord]] = {}
        self._looked_up: list[Article] = []
        self._trouble: IntegrationError | None = None

    @property
    def settings(self) -> PackageSettings:
        return self.tenant.settings

    @cached_property
    def administrations(self) -> Sequence[Administration]:
        """All that the access reaches. Raises IntegrationError."""
        return self._asked(lambda: self._package.administrations())

    @property
    def administration(self) -> Administration | None:
        """The one of the settings, if it is among them. Raises IntegrationError."""
        return next((one for one in self.administrations if one.number == self.settings.administration), None)

    def try_rights(self) -> None:
        """Raises IntegrationError when the access may not do there what the coupling does."""
        self._within(lambda: self._package.check_permissions())

    def articles(self, code: str) -> list[Article]:
        """Those with exactly this code. Raises IntegrationError."""
        found = self._within(lambda: with_code(self.tenant.package, self._package, code))
        self._looked_up += found
        return found

    def some_articles(self) -> dict[str, str]:
        """Code -> description of the first pages of articles. Raises IntegrationError."""
        stream = self.tenant.package.stream("articles")
        found = self._within(lambda: list(islice(pages(self.tenant.package, self._package, stream), NEAR_PAGES)))
        return {one.code: one.description for page in found for one in page if isinstance(one, Article)}

    def records(self, stream: PackageStream) -> Sequence[MasterRecord]:
        """A whole list. Raises IntegrationError."""
        if stream.name not in self._lists:
            read = self._within(lambda: list(pages(self.tenant.package, self._package, stream)))
            self._lists[stream.name] = [record for page in read for record in page]
        return self._lists[stream.name]

    def keep(self) -> None:
        """Let the push know the articles as they were found here, so that what passed does not fail for it (R4.2)."""
        if self.tenant.active_since is None:
            return  # nothing was imported yet, and the administration may still be another one
        with self.context.store.begin() as tx:
            for article in self._looked_up:
                records.save_lookup(tx, self.tenant.id, "articles", article.key, json=article.model_dump_json())

    @cached_property
    def _package(self) -> PackageConnection:
        return self._opened or open_package(self.context, self.tenant)

    def _within(self, read: Callable[[], T]) -> T:
        """Reading in the administration, once it is known to be one that can be opened."""
        own = self.administration
        if own is None or not own.has_api or own.missing_rights:
            raise Misconfigured("settings.administration_first")
        return self._asked(read)

    def _asked(self, read: Callable[[], T]) -> T:
        """What went wrong once is not asked again: it would go wrong again, and take its time for it."""
        if self._trouble is not None:
            raise self._trouble
        try:
            return read()
        except IntegrationError as error:
            self._trouble = error
            raise

"""What a run of removals knows of both sides, and whether a record is still to go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.cleanup.listing import readable_groups
from include.cleanup.package_state import IN_SCOPE, OUTSIDE, state_of_row
from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection
from include.connectors.paging import pages
from include.errors import Misconfigured
from include.records import ArticleGroup
from include.runs import Run
from include.store import links
from include.store.baselines import Baseline
from include.store.removals import Removal, RemovalReason
from include.sync.scope import article_filter_of, scope_rule


@dataclass
class RemovalContext:
    """One run of removals of which a person chose every record, as a wipe is: only Simon is asked about them."""

    run: Run
    app: FieldService
    _in_use: dict[str, dict[int, list[str]]] = field(default_factory=dict, init=False)

    def refresh(self) -> None:
        """Ask which records are on open work orders now. Raises Misconfigured when nothing may be removed any more."""
        self._in_use = self.app.in_use()

    def work_order_of(self, removal: Removal) -> str | None:
        """Return the number of an open work order that needs the record, as of the last refresh."""
        return next(iter(self._in_use.get(removal.stream, {}).get(removal.simon_id, [])), None)

    def is_due(self, removal: Removal) -> bool:
        """Return whether the record is still to go."""
        return True


@dataclass
class CheckedRemovals(RemovalContext):
    """One run of removals that came of listings: the package is asked for each record, as no listing is trusted alone.

    ``baselines``, by stream, are what those listings were made with.
    """

    package: PackageConnection
    baselines: Mapping[str, Baseline]
    _groups: list[ArticleGroup] | None = field(default=None, init=False)

    def refresh(self) -> None:
        """Ask also whether the package still shows us what it did. Raises Misconfigured when it does not."""
        super().refresh()
        access, administration = self.package.access_fingerprint(), self.run.tenant.settings.administration
        for stream, baseline in self.baselines.items():
            if baseline.administration != administration:
                values = {"before": baseline.administration, "now": administration}
                raise Misconfigured("cleanup.administration_changed", stream, **values)
            if baseline.access_fingerprint != access:
                raise Misconfigured("cleanup.rights_changed", stream, system=self.run.tenant.package.title)

    def is_due(self, removal: Removal) -> bool:
        """Return whether the record is still to go, by the package as it is now and by our links."""
        with self.run.context.store.begin() as tx:
            linked = links.key_of(tx, self.run.tenant.id, removal.stream, removal.simon_id)
        if removal.reason is RemovalReason.HAND_MADE:
            return linked is None and self._is_foreign(removal)
        if linked not in (removal.key, None):
            return False
        state = self._state_in_package(removal.stream, str(removal.key))
        # that something is outside the filter is for an accepted list of groups to say
        return state != IN_SCOPE and (state != OUTSIDE or removal.reason is RemovalReason.OUTSIDE_FILTER)

    def _is_foreign(self, removal: Removal) -> bool:
        """Return whether it carries no key of the package: one whose link was lost comes back by itself."""
        row = self.app.get_many(removal.stream, [removal.simon_id]).get(removal.simon_id)
        key = None if row is None else self.app.key_of(removal.stream, row)
        if not key or self._state_in_package(removal.stream, key) is None:
            return True
        with self.run.context.store.begin() as tx:
            other = links.simon_ids(tx, self.run.tenant.id, removal.stream, [key]).get(key)
        return other is not None and bool(self.app.get_many(removal.stream, [other]))  # a double of one that is linked

    def _state_in_package(self, stream: str, key: str) -> str | None:
        """Return what a record of the package is to Simon at this moment; None for one that is gone."""
        row = self.package.get(self.run.tenant.package.stream(stream), key)
        if row is None:
            return None
        return state_of_row(
            self.run, stream, row, scope_rule(stream, article_filter_of(self.run), self._current_groups)
        )

    def _current_groups(self) -> list[ArticleGroup]:
        """Return the package's groups as they are now; what a filter lets through depends on them."""
        if self._groups is None:
            self._groups = self._read_groups() if "article_groups" in self.run.tenant.package.choices else []
        return self._groups

    def _read_groups(self) -> list[ArticleGroup]:
        package = self.run.tenant.package
        stream = package.stream("article_groups")
        return readable_groups(
            stream, [row for page in pages(package.title, self.package, stream) for row in page.rows]
        )

"""Both sides as they are now, into staging; and whether the package's listing is proof enough to delete by (R2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from include.cleanup.run import Run, streams
from include.connectors.field_service import FieldService
from include.connectors.package import PackageConnection
from include.messages import Language, lookup
from include.records import ArticleGroup
from include.store import Transaction, cleanup, runs, staging
from include.store.cleanup import Baseline
from include.sync.extract import read_stable_list
from include.sync.scope import article_filter_of
from include.sync.transform import UNREADABLE


@dataclass(frozen=True)
class ListingIssue:
    """Why a listing is no proof: a message. What is found with it may be ``put_to_a_person``, or not be done at all."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    put_to_a_person: bool = False

    def text(self, stream: str, language: Language = "en") -> str:
        """The message as a sentence."""
        return lookup(self.code).text({"record": stream, **self.values}, language).message


@dataclass(frozen=True)
class ListingCheck:
    """What a stream was listed with, and the doubts about it; without any it is proof."""

    stream: str
    made_with: Baseline
    doubt: ListingIssue | None = None


def again(name: str) -> str:
    """Where the second listing of a stream is staged."""
    return f"{name} again"


def in_simon(name: str) -> str:
    """Where Simon's records of a stream are staged."""
    return f"{name} in Simon"


def read_both(run: Run, package: PackageConnection, app: FieldService) -> None:
    """All streams of the package, twice where it announces no total, and then those of Simon."""
    for name in reversed(streams(run.tenant)):
        stream = run.tenant.package.stream(name)
        read_stable_list(run, package, stream)
        with run.context.store.begin() as tx:
            announced = runs.progress(tx, run.id, name).announced
        if announced is None:
            read_stable_list(run, package, replace(stream, name=again(name)))
    for name in streams(run.tenant):
        read_simon(run, app, name)


def read_simon(run: Run, app: FieldService, name: str) -> None:
    """From the start at every try: what is missed here is only removed later."""
    staged = in_simon(name)
    with run.transaction() as tx:
        if runs.progress(tx, run.id, staged).complete:
            return
        runs.reset_progress(tx, run.id, staged)
    read = 0
    for page in app.listing(name):
        read += len(page)
        with run.transaction() as tx:
            rows = ((str(one.id), None, {"key": one.key, "active": one.active, "label": one.label}) for one in page)
            staging.add(tx, run.id, staged, rows)
            runs.save_progress(tx, run.id, staged, read=read)
    with run.transaction() as tx:
        runs.save_progress(tx, run.id, staged, read=read, complete=True)


def certify(run: Run, tx: Transaction, rights: str) -> dict[str, ListingCheck]:
    """A certificate for each stream; what articles are filtered by has to be certain before they are."""
    groups = listed_groups(run, tx)
    certificates = {}
    for name in reversed(streams(run.tenant)):
        certificates[name] = _certificate(run, tx, name, rights, groups)
    groups_doubt = certificates["article_groups"].doubt if "article_groups" in certificates else None
    if groups_doubt and not certificates["articles"].doubt:
        certificates["articles"] = replace(certificates["articles"], doubt=groups_doubt)
    return certificates


def listed_groups(run: Run, tx: Transaction) -> list[ArticleGroup]:
    """The package's groups as listed in this run."""
    if "article_groups" not in run.tenant.package.choices:
        return []
    stream = run.tenant.package.stream("article_groups")
    groups = []
    for _, row in staging.all_rows(tx, run.id, "article_groups"):
        try:
            groups.append(stream.to_record(row))
        except UNREADABLE:
            continue  # it is not let through by name, and not removed either
    return [group for group in groups if isinstance(group, ArticleGroup)]


def _certificate(run: Run, tx: Transaction, name: str, rights: str, groups: Sequence[ArticleGroup]) -> ListingCheck:
    filters = _filters(run, name, groups)
    count = staging.count_keys(tx, run.id, name)
    made_with = Baseline(run.tenant.settings.administration, rights, filters, count)
    doubt = _incomplete(run, tx, name, count) or _unlike(run, name, made_with, _before(run, tx, name), groups)
    return ListingCheck(name, made_with, doubt)


def _before(run: Run, tx: Transaction, name: str) -> Baseline | None:
    return cleanup.baseline(tx, run.tenant.id, name)


def _incomplete(run: Run, tx: Transaction, name: str, count: int) -> ListingIssue | None:
    at = runs.progress(tx, run.id, name)
    system = run.tenant.package.title
    if at.announced is not None and not at.announced == at.read == count:
        return ListingIssue("cleanup.count_differs", {"system": system, "announced": at.announced, "read": count})
    if at.announced is None and not staging.listings_agree(tx, run.id, name, again(name)):
        return ListingIssue("cleanup.passes_differ", {"system": system})
    return None


def _unlike(
    run: Run, name: str, now: Baseline, before: Baseline | None, groups: Sequence[ArticleGroup]
) -> ListingIssue | None:
    """What is different from the last certified listing, the gravest first."""
    if before is None:
        return ListingIssue("cleanup.first_listing", put_to_a_person=True)
    if now.administration != before.administration:
        return ListingIssue(
            "cleanup.administration_changed", {"before": before.administration, "now": now.administration}
        )
    if now.rights != before.rights:
        return ListingIssue("cleanup.rights_changed", {"system": run.tenant.package.title}, put_to_a_person=True)
    if name != "customers" and (unmatched := _unmatched(run, groups)):
        return ListingIssue("cleanup.filter_unmatched", {"group": unmatched})
    if now.filters != before.filters:
        if _configured(now) == _configured(before):  # nobody touched the filter; the package did
            return ListingIssue("cleanup.groups_changed", put_to_a_person=True)
        return ListingIssue("cleanup.filter_changed")
    return None


def _configured(made_with: Baseline) -> tuple[Any, ...]:
    """The filter as set, without the groups that its names stand for."""
    names, _, types = orjson.loads(made_with.filters) if made_with.filters else ((), (), ())
    return names, types


def _unmatched(run: Run, groups: Sequence[ArticleGroup]) -> str | None:
    known = {group.name for group in groups}
    return next((name for name in run.tenant.settings.group_names if name not in known), None)


def _filters(run: Run, name: str, groups: Sequence[ArticleGroup]) -> str:
    """What is let through of a stream, as text; with the groups that the names stand for at this moment."""
    if name == "customers":
        return ""
    chosen = article_filter_of(run)
    keys = sorted(chosen.groups(groups)) if chosen.group_names else []
    parts = (sorted(chosen.group_names), keys, sorted(chosen.type_keys) if name == "articles" else [])
    return orjson.dumps(parts).decode()

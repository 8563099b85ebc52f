"""The rule that a listing is proof enough to delete by (R2.4).

It has to be complete, and made as the last one was that was accepted: of the same administration, with the same rights
and the same filters. Else what it would remove is put to a person, or not done at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from include.cleanup.listing import cleaned_streams, listed_groups, second_listing
from include.messages import Language, lookup
from include.records import ArticleGroup
from include.runs import Run
from include.store import Transaction, baselines, runs, staging
from include.store.baselines import Baseline
from include.sync.scope import article_filter_of


@dataclass(frozen=True)
class ListingIssue:
    """Why a listing is no proof, as a message. A person may decide on what it would remove if ``ask_person``."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    ask_person: bool = False

    def text(self, stream: str, language: Language = "en") -> str:
        """Return the message as a sentence."""
        return lookup(self.code).text({"record": stream, **self.values}, language).message


@dataclass(frozen=True)
class ListingCheck:
    """With what a stream was listed; without an issue that listing is proof."""

    stream: str
    baseline: Baseline
    issue: ListingIssue | None = None


def check_listings(run: Run, tx: Transaction, access_fingerprint: str) -> dict[str, ListingCheck]:
    """Return a check for each stream. An issue of the article groups is one of the articles that they filter."""
    groups = listed_groups(run, tx)
    checks = {}
    for stream in reversed(cleaned_streams(run.tenant)):
        settings = run.tenant.settings
        count = staging.count_keys(tx, run.id, stream)
        baseline = Baseline(settings.administration, access_fingerprint, _filters(run, stream, groups), count)
        issue = _completeness_issue(run, tx, stream, count) or _difference(run, tx, stream, baseline, groups=groups)
        checks[stream] = ListingCheck(stream, baseline, issue)
    groups_issue = checks["article_groups"].issue if "article_groups" in checks else None
    if groups_issue and not checks["articles"].issue:
        checks["articles"] = replace(checks["articles"], issue=groups_issue)
    return checks


def _completeness_issue(run: Run, tx: Transaction, stream: str, count: int) -> ListingIssue | None:
    """Return why a listing may lack records: it has not as many as announced, or two of them differ."""
    progress = runs.progress(tx, run.id, stream)
    announced, system = progress.announced, run.tenant.package.title
    if announced is not None and not announced == progress.read == count:
        return ListingIssue("cleanup.count_differs", {"system": system, "announced": announced, "read": count})
    if announced is None and not staging.listings_agree(tx, run.id, stream, second_listing(stream)):
        return ListingIssue("cleanup.passes_differ", {"system": system})
    return None


def _difference(
    run: Run, tx: Transaction, stream: str, now: Baseline, *, groups: Sequence[ArticleGroup]
) -> ListingIssue | None:
    """Return what is different from the last accepted listing, the gravest first."""
    before = baselines.find(tx, run.tenant.id, stream)
    if before is None:
        return ListingIssue("cleanup.first_listing", ask_person=True)
    if now.administration != before.administration:
        values = {"before": before.administration, "now": now.administration}
        return ListingIssue("cleanup.administration_changed", values)
    if now.access_fingerprint != before.access_fingerprint:
        return ListingIssue("cleanup.rights_changed", {"system": run.tenant.package.title}, ask_person=True)
    if stream != "customers" and (name := _unknown_group(run, groups)):
        return ListingIssue("cleanup.filter_unmatched", {"group": name})
    if now.filters != before.filters:
        if _as_set(now.filters) == _as_set(before.filters):  # nobody touched the filter; the package did
            return ListingIssue("cleanup.groups_changed", ask_person=True)
        return ListingIssue("cleanup.filter_changed")
    return None


def _unknown_group(run: Run, groups: Sequence[ArticleGroup]) -> str | None:
    """Return the first group name of the filter that the package does not have."""
    names = {group.name for group in groups}
    return next((name for name in run.tenant.settings.group_names if name not in names), None)


def _filters(run: Run, stream: str, groups: Sequence[ArticleGroup]) -> str:
    """Return the filters of a stream as text, with the groups that their names stand for at this moment."""
    if stream == "customers":
        return ""
    chosen = article_filter_of(run)
    group_keys = sorted(chosen.groups(groups)) if chosen.group_names else []
    type_keys = sorted(chosen.type_keys) if stream == "articles" else []
    return orjson.dumps((sorted(chosen.group_names), group_keys, type_keys)).decode()


def _as_set(filters: str) -> tuple[Any, ...]:
    """Return the filters as a person set them, without the groups that their names stand for."""
    group_names, _, type_keys = orjson.loads(filters) if filters else ((), (), ())
    return group_names, type_keys

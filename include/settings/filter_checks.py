"""The checks of the filters on articles: the findings of the sync's own filter, on the package's present lists."""

from collections import Counter

import pandas as pd

from include.records import Article, ArticleGroup, ArticleType
from include.settings.article_filter import ArticleFilter, Finding
from include.settings.check_result import CheckResult, check_result
from include.settings.live_package import LivePackage

# what the sync warns of, the check refuses (R4.4)
_REFUSED = {
    "filter.group_unknown": "settings.group_unknown",
    "filter.group_near_miss": "settings.group_near_miss",
}


def article_groups(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """Every name matches exactly; near misses are named with their number of articles (R1.6)."""
    if not live.settings.group_names:
        return [check_result(name, "settings.ok", title)]
    wrong = [finding for finding in _findings(live) if finding.code in _REFUSED]
    found = [
        check_result(name, _REFUSED[one.code], one.record, near=one.near, count=one.count)
        if one.near
        else check_result(name, _REFUSED[one.code], one.record)
        for one in wrong
    ]
    return found or [check_result(name, "settings.ok", title)]


def article_types(live: LivePackage, name: str, title: str) -> list[CheckResult]:
    """They exist, and are in tune with the groups (R1.7)."""
    if not live.settings.type_keys:
        return [check_result(name, "settings.ok", title)]
    known = {one.key: one.name for one in _types(live)}
    listed = ", ".join(f"{key} ({text})" for key, text in known.items())
    found = [
        check_result(name, "settings.type_unknown", key, known=listed)
        for key in live.settings.type_keys
        if key not in known
    ]
    shut_out = [finding for finding in _findings(live) if finding.code not in _REFUSED]
    found += [check_result(name, one.code, one.record, count=one.count) for one in shut_out]
    return found or [check_result(name, "settings.ok", title)]


def _findings(live: LivePackage) -> list[Finding]:
    """What the sync would say of these filters."""
    wanted = ArticleFilter(live.settings.group_names, live.settings.type_keys)
    groups = [
        one for one in live.records(live.tenant.package.stream("article_groups")) if isinstance(one, ArticleGroup)
    ]
    # the articles are only read to be counted when a finding could need their number
    all_known = set(wanted.group_names) <= {group.name for group in groups}
    needed = wanted.group_names and (wanted.type_keys or not all_known)
    return wanted.findings(groups, _types(live), _counts(live) if needed else _frame({}))


def _types(live: LivePackage) -> list[ArticleType]:
    return [one for one in live.records(live.tenant.package.stream("article_types")) if isinstance(one, ArticleType)]


def _counts(live: LivePackage) -> pd.DataFrame:
    """Active articles per group and type."""
    articles = live.records(live.tenant.package.stream("articles"))
    active = (one for one in articles if isinstance(one, Article) and one.active)
    return _frame(Counter((one.group_key, one.type_key) for one in active))


def _frame(counts: dict[tuple[str | None, str | None], int]) -> pd.DataFrame:
    return pd.DataFrame([(*key, n) for key, n in counts.items()], columns=["group_key", "type_key", "count"])

"""The checks of the filters on articles: the findings of the sync's own filter, on the package's present lists."""

from collections import Counter
from typing import TYPE_CHECKING

from include.records import Article, ArticleGroup, ArticleType
from include.settings.article_filter import REFUSED, ArticleFilter, Finding, causes
from include.settings.check_result import CheckResult
from include.settings.checked_setting import CheckedSetting
from include.settings.live_package import LivePackage

if TYPE_CHECKING:
    import pandas as pd


def check_article_groups(setting: CheckedSetting) -> list[CheckResult]:
    """Check that every name matches exactly; near misses are named with their number of articles (R1.6)."""
    if not setting.settings.group_names:
        return setting.ok()
    refused = [finding for finding in _findings(setting.package) if finding.code in REFUSED]
    results = [
        setting.result(REFUSED[finding.code], finding.record, near=finding.near, count=finding.count)
        if finding.near
        else setting.result(REFUSED[finding.code], finding.record)
        for finding in refused
    ]
    return results or setting.ok()


def check_article_types(setting: CheckedSetting) -> list[CheckResult]:
    """Check that they exist, and are in tune with the groups (R1.7)."""
    if not setting.settings.type_keys:
        return setting.ok()
    names = {article_type.key: article_type.name for article_type in _types(setting.package)}
    listed = ", ".join(f"{key} ({name})" for key, name in names.items())
    results = [
        setting.result("settings.type_unknown", key, known=listed)
        for key in setting.settings.type_keys
        if key not in names
    ]
    shut_out = [finding for finding in _findings(setting.package) if finding.code not in REFUSED]
    results += [setting.result(finding.code, finding.record, count=finding.count) for finding in shut_out]
    return results or setting.ok()


def _findings(package: LivePackage) -> list[Finding]:
    """Return what the sync would say of these filters."""
    article_filter = ArticleFilter(package.settings.group_names, package.settings.type_keys)
    stream = package.tenant.package.stream("article_groups")
    groups = [group for group in package.records(stream) if isinstance(group, ArticleGroup)]
    # the articles are only read to be counted when a finding could need their number
    all_known = set(article_filter.group_names) <= {group.name for group in groups}
    needs_counts = article_filter.group_names and (article_filter.type_keys or not all_known)
    counts = _counts(package) if needs_counts else _frame({})
    return causes(article_filter.findings(groups, _types(package), counts))


def _types(package: LivePackage) -> list[ArticleType]:
    records = package.records(package.tenant.package.stream("article_types"))
    return [record for record in records if isinstance(record, ArticleType)]


def _counts(package: LivePackage) -> "pd.DataFrame":
    """Count the active articles per group and type."""
    articles = package.records(package.tenant.package.stream("articles"))
    active = (article for article in articles if isinstance(article, Article) and article.active)
    return _frame(Counter((article.group_key, article.type_key) for article in active))


def _frame(counts: dict[tuple[str | None, str | None], int]) -> "pd.DataFrame":
    import pandas as pd  # by whoever checks filters, and nobody else: it takes its time

    return pd.DataFrame([(*key, n) for key, n in counts.items()], columns=["group_key", "type_key", "count"])

"""Which of the package's records Simon should hold: what is active, and within the filters of the settings."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from include.records import ArticleGroup, MasterRecord
from include.runs import Run
from include.settings.article_filter import ArticleFilter
from include.store import Transaction, records

if TYPE_CHECKING:
    import pandas as pd


# says of each of some records of a stream whether it is in scope
ScopeRule = Callable[[Sequence[MasterRecord]], list[bool]]


def article_filter_of(run: Run) -> ArticleFilter:
    """Return the article filter as the tenant set it."""
    return ArticleFilter(run.tenant.settings.group_names, run.tenant.settings.type_keys)


def known_groups(run: Run, tx: Transaction) -> list[ArticleGroup]:
    """Return the package's groups as of the latest sync of them."""
    return [ArticleGroup.model_validate(body) for body in records.bodies(tx, run.tenant.id, "article_groups")]


def scope_rule(stream: str, article_filter: ArticleFilter, groups: Callable[[], Iterable[ArticleGroup]]) -> ScopeRule:
    """Return the rule of a stream; ``groups`` gives the package's groups, where the rule depends on them."""
    if stream == "article_groups":
        return lambda rows: [isinstance(row, ArticleGroup) and bool(article_filter.groups([row])) for row in rows]
    if stream == "articles":
        allowed = article_filter.groups(groups())
        return lambda rows: list(article_filter.articles(_frame(rows), allowed))
    return lambda rows: [row.active for row in rows]


def _frame(articles: Sequence[MasterRecord]) -> "pd.DataFrame":
    import pandas as pd  # for this alone, and it takes its time

    columns = ["group_key", "type_key", "active"]
    return pd.DataFrame([[getattr(article, name) for name in columns] for article in articles], columns=columns)

"""The filters on articles, and what may be wrong with them (R1.6, R1.7). Its functions are pure."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.records import ArticleGroup, ArticleType
from include.typed_text import fold, without_accents

if TYPE_CHECKING:
    import pandas as pd


# what the sync warns of, the check refuses (R4.4)
REFUSED = {
    "filter.group_unknown": "settings.group_unknown",
    "filter.group_near_miss": "settings.group_near_miss",
}


@dataclass(frozen=True)
class Finding:
    """Something about a filter that its owner should know; the fields are those of the message ``code``."""

    code: str
    record: str
    near: str = ""
    count: int = 0


@dataclass(frozen=True)
class ArticleFilter:
    """Which articles come over: by group name, matched exactly, and by the key of a type; empty lets all through."""

    group_names: tuple[str, ...] = ()
    type_keys: tuple[str, ...] = ()

    def groups(self, groups: Iterable[ArticleGroup]) -> set[str]:
        """Return the keys of the groups that come over."""
        return {group.key for group in groups if not self.group_names or group.name in self.group_names}

    def articles(self, frame: "pd.DataFrame", groups: set[str]) -> "pd.Series[bool]":
        """Return which rows (``group_key``, ``type_key``, ``active``) come over; ``groups`` are the allowed keys."""
        passes = frame["active"].astype(bool)
        if self.group_names:
            passes &= frame["group_key"].isin(groups)
        if self.type_keys:
            passes &= frame["type_key"].isin(self.type_keys)
        return passes

    def findings(
        self, groups: Sequence[ArticleGroup], types: Sequence[ArticleType], counts: "pd.DataFrame"
    ) -> list[Finding]:
        """Return what is wrong, given the articles per group and type (``group_key``, ``type_key``, ``count``)."""
        return [*self._group_findings(groups, counts), *self._type_findings(groups, types, counts)]

    def _group_findings(self, groups: Sequence[ArticleGroup], counts: "pd.DataFrame") -> Iterable[Finding]:
        keys: dict[str, list[str]] = {}
        for group in groups:
            keys.setdefault(group.name, []).append(group.key)
        for name in self.group_names:
            if name in keys:
                continue
            if near := nearest(name, list(keys)):
                articles = int(counts.loc[counts["group_key"].isin(keys[near]), "count"].sum())
                yield Finding("filter.group_near_miss", name, near, articles)
            else:
                yield Finding("filter.group_unknown", name)

    def _type_findings(
        self, groups: Sequence[ArticleGroup], types: Sequence[ArticleType], counts: "pd.DataFrame"
    ) -> Iterable[Finding]:
        if not self.group_names:
            return
        within = counts["group_key"].isin(self.groups(groups))
        names = {article_type.key: article_type.name for article_type in types}
        for key in self.type_keys:
            of_type = counts["type_key"] == key
            total = int(counts.loc[of_type, "count"].sum())
            if total and not counts.loc[of_type & within, "count"].sum():
                yield Finding("filter.type_excluded", names.get(key, key), count=total)


def causes(findings: Sequence[Finding]) -> list[Finding]:
    """Return what to put right first: as long as a group is wrong, which types it shuts out is of its making."""
    return [finding for finding in findings if finding.code in REFUSED] or list(findings)


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the known name that was probably meant: of those that look the same the one that differs least.

    Blanks, then Unicode forms and case, then accents may differ; without any such, one that is spelled alike.
    """

    def difference(other: str) -> tuple[int, float]:
        forms = (lambda text: " ".join(text.split()), fold, without_accents)
        level = next(level for level, form in enumerate(forms) if form(name) == form(other))
        return level, -difflib.SequenceMatcher(None, name, other).ratio()

    by_plain_name: dict[str, list[str]] = {}
    for other in known:
        by_plain_name.setdefault(without_accents(other), []).append(other)
    if same := by_plain_name.get(without_accents(name)):
        return min(same, key=difference)
    alike = difflib.get_close_matches(without_accents(name), list(by_plain_name), n=1, cutoff=0.75)
    return by_plain_name[alike[0]][0] if alike else None

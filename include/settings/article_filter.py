"""The filters on articles, and what may be wrong with them (R1.6, R1.7). Pure functions."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from include.records import ArticleGroup, ArticleType


@dataclass(frozen=True)
class Finding:
    """Something about a filter that its owner should know; the fields are those of the message ``code``."""

    code: str
    record: str
    near: str = ""
    count: int = 0


@dataclass(frozen=True)
class ArticleFilter:
    """Group names as configured, matched exactly; types by key. Empty lets everything through."""

    group_names: tuple[str, ...] = ()
    type_keys: tuple[str, ...] = ()

    def groups(self, groups: Iterable[ArticleGroup]) -> set[str]:
        """Keys of the groups that come over."""
        return {group.key for group in groups if not self.group_names or group.name in self.group_names}

    def articles(self, frame: pd.DataFrame, groups: set[str]) -> "pd.Series[bool]":
        """Which rows (``group_key``, ``type_key``, ``active``) come over; ``groups`` are the allowed keys."""
        wanted = frame["active"].astype(bool)
        if self.group_names:
            wanted &= frame["group_key"].isin(groups)
        if self.type_keys:
            wanted &= frame["type_key"].isin(self.type_keys)
        return wanted

    def findings(
        self, groups: Sequence[ArticleGroup], types: Sequence[ArticleType], counts: pd.DataFrame
    ) -> list[Finding]:
        """What is wrong, given the articles per group and type (``group_key``, ``type_key``, ``count``)."""
        return [*self._group_findings(groups, counts), *self._type_findings(groups, types, counts)]

    def _group_findings(self, groups: Sequence[ArticleGroup], counts: pd.DataFrame) -> Iterable[Finding]:
        known: dict[str, list[str]] = {}
        for group in groups:
            known.setdefault(group.name, []).append(group.key)
        for name in self.group_names:
            if name in known:
                continue
            if near := nearest(name, list(known)):
                articles = int(counts.loc[counts["group_key"].isin(known[near]), "count"].sum())
                yield Finding("filter.group_near_miss", name, near, articles)
            else:
                yield Finding("filter.group_unknown", name)

    def _type_findings(
        self, groups: Sequence[ArticleGroup], types: Sequence[ArticleType], counts: pd.DataFrame
    ) -> Iterable[Finding]:
        if not self.group_names:
            return
        within = counts["group_key"].isin(self.groups(groups))
        names = {type_.key: type_.name for type_ in types}
        for key in self.type_keys:
            of_type = counts["type_key"] == key
            total = int(counts.loc[of_type, "count"].sum())
            if total and not counts.loc[of_type & within, "count"].sum():
                yield Finding("filter.type_excluded", names.get(key, key), count=total)


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that was probably meant: the same but for case and blanks, else one spelled alike."""
    plain = {_plain(other): other for other in known}
    if found := plain.get(_plain(name)):
        return found
    alike = difflib.get_close_matches(_plain(name), list(plain), n=1, cutoff=0.75)
    return plain[alike[0]] if alike else None


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

"""What should go from Simon, and why: the differences between both sides, as sets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from include.cleanup.listing import cleaned_streams, in_simon, listed_groups
from include.cleanup.package_state import IN_SCOPE, state_of
from include.identity import is_same_under_another_key
from include.records import ArticleGroup, MasterRecord
from include.runs import Run
from include.store import Transaction, exemptions, links, records, staging
from include.store.exemptions import ExemptionKind
from include.store.removals import PlannedRemoval, RemovalReason
from include.streams import STREAMS
from include.sync.scope import ScopeRule, article_filter_of, scope_rule
from include.sync.transform import CHUNK, UNREADABLE

DELETED, HAND_MADE = RemovalReason.DELETED.value, RemovalReason.HAND_MADE.value
COLUMNS = ("simon_id", "key", "label", "reason")


@dataclass(frozen=True)
class Plan:
    """By stream, in the order of removal: what should go, and the ids of what is exempted and in scope again."""

    removals: dict[str, list[PlannedRemoval]] = field(default_factory=dict)
    in_scope_again: dict[str, list[int]] = field(default_factory=dict)


def differences(
    listed: pd.DataFrame, linked: pd.DataFrame, held: pd.DataFrame, *, is_same: Callable[[tuple[str, str]], bool]
) -> pd.DataFrame:
    """Return the rows of Simon that should go, with ``key`` and ``reason``.

    ``listed``: key, state (empty when Simon should hold it, else the reason why not), identity; the package.
    ``linked``: key, simon_id, identity. ``held``: simon_id, external_id, active, label; Simon. ``is_same`` tells of a
    linked key that is not listed and a listed one of the same identity whether they are one thing.
    """
    rows = held.merge(linked.rename(columns={"identity": "known_as"}), on="simon_id", how="left")
    elsewhere = linked.loc[linked["simon_id"].isin(held["simon_id"]), "key"]
    # ours, with a link that was lost: it carries a key of the package that no other record in Simon has a link for
    lost = rows["key"].isna() & rows["external_id"].isin(listed["key"]) & ~rows["external_id"].isin(elsewhere)
    rows["key"] = rows["key"].where(~lost, rows["external_id"])
    rows = rows.merge(listed[["key", "state"]], on="key", how="left")
    rows["reason"] = rows["state"].where(rows["state"].notna(), DELETED).where(rows["key"].notna(), HAND_MADE)
    # under another key now: the next sync moves the link, and the record stays where it is
    unlinked = listed.loc[(listed["identity"] != "") & ~listed["key"].isin(linked["key"]), ["identity", "key"]]
    deleted = rows.loc[rows["reason"] == DELETED, ["key", "known_as"]]
    pairs = deleted.merge(unlinked.rename(columns={"identity": "known_as", "key": "now"}), on="known_as")
    moved = {pair.key for pair in pairs.itertuples() if is_same((str(pair.key), str(pair.now)))}
    return rows.loc[(rows["reason"] != IN_SCOPE) & ~rows["key"].isin(moved), list(COLUMNS)]


def make_plan(run: Run, tx: Transaction) -> Plan:
    """Return what should go by the listings of this run, but for what is protected or was deleted before."""
    plan, groups = Plan(), listed_groups(run, tx)
    for stream in cleaned_streams(run.tenant):
        held = _held(run, tx, stream)
        going = _going(run, tx, stream, held, groups=groups)
        exempted = exemptions.of_stream(tx, run.tenant.id, stream)
        inactive = set(held.loc[~held["active"].astype(bool), "simon_id"])
        stays = {
            id
            for id, exemption in exempted.items()
            if exemption.kind is ExemptionKind.PROTECTED or (exemption.kind is ExemptionKind.DELETED and id in inactive)
        }
        plan.removals[stream] = [
            _planned(stream, row) for row in going.itertuples(index=False) if row.simon_id not in stays
        ]
        # what is not in Simon's listing may only have been missed by it
        plan.in_scope_again[stream] = sorted((exempted.keys() & set(held["simon_id"])) - set(going["simon_id"]))
    return plan


def _going(
    run: Run, tx: Transaction, stream: str, held: pd.DataFrame, *, groups: Sequence[ArticleGroup]
) -> pd.DataFrame:
    """Return the rows of Simon that should go of one stream; people may have article groups of their own."""
    rule = scope_rule(stream, article_filter_of(run), lambda: groups)
    listed = pd.concat(_listed(run, tx, stream, rule), ignore_index=True)
    linked = pd.DataFrame(links.with_identity(tx, run.tenant.id, stream), columns=["key", "simon_id", "identity"])
    going = differences(listed, linked, held, is_same=partial(_is_same, run, tx, stream))
    return going[going["reason"] != HAND_MADE] if stream == "article_groups" else going


def _is_same(run: Run, tx: Transaction, stream: str, pair: tuple[str, str]) -> bool:
    """Tell whether a linked record and a listed one are the same thing, so that the next sync moves the link."""
    before, now = pair
    known = records.bodies_of(tx, run.tenant.id, stream, [before]).get(before)
    row = staging.find(tx, run.id, stream, now)
    try:
        listed = run.tenant.package.stream(stream).to_record(row or {})
    except UNREADABLE:
        return True  # that it is there is all we know
    return known is not None and is_same_under_another_key(STREAMS[stream].record.model_validate(known), listed)


def _planned(stream: str, row: object) -> PlannedRemoval:
    simon_id, key, label, reason = (getattr(row, name) for name in COLUMNS)
    return PlannedRemoval(stream, int(simon_id), None if pd.isna(key) else str(key), label, RemovalReason(reason))


def _held(run: Run, tx: Transaction, stream: str) -> pd.DataFrame:
    """Return Simon's listing, each record once: its pages may shift while they are read."""
    rows = (
        (int(id), row["key"], row["active"], row["label"]) for id, row in staging.all_rows(tx, run.id, in_simon(stream))
    )
    return pd.DataFrame(rows, columns=["simon_id", "external_id", "active", "label"]).drop_duplicates("simon_id")


def _listed(run: Run, tx: Transaction, stream: str, rule: ScopeRule) -> Iterator[pd.DataFrame]:
    """Yield the package's listing in chunks. A row that cannot be read stays: that it is there is all we know.

    What the last sync made of a row that is still the same need not be made again, which takes ten times longer.
    """
    to_record, kind = run.tenant.package.stream(stream).to_record, STREAMS[stream].record
    yield pd.DataFrame({"key": [], "state": [], "identity": []}, dtype="str")
    for rows in staging.chunks_with_records(tx, run.id, stream, tenant_id=run.tenant.id, size=CHUNK):
        readable: list[MasterRecord] = []
        unreadable = []
        for key, row in rows:
            try:
                readable.append(kind.model_validate_json(row) if isinstance(row, str) else to_record(row))
            except UNREADABLE:
                unreadable.append(key)
        states = [state_of(record, in_scope) for record, in_scope in zip(readable, rule(readable), strict=True)]
        yield pd.DataFrame(
            {
                "key": [record.key for record in readable] + unreadable,
                "state": states + [IN_SCOPE] * len(unreadable),
                "identity": [record.identity for record in readable] + [""] * len(unreadable),
            },
            dtype="str",
        )


def links_without_record(run: Run, tx: Transaction, stream: str) -> list[tuple[str, int]]:
    """Return the links, as (key, Simon's id), to records that are not in Simon's listing."""
    held = {int(id) for id, _ in staging.all_rows(tx, run.id, in_simon(stream))}
    return [(key, id) for key, id, _ in links.with_identity(tx, run.tenant.id, stream) if id not in held]

"""What should go from Simon, and why: the differences between both sides, as sets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from include.cleanup.listing import in_simon, listed_groups
from include.cleanup.run import Run, streams
from include.records import MasterRecord, Raw
from include.store import Transaction, cleanup, links, staging
from include.store.cleanup import PlannedRemoval
from include.streams import STREAMS
from include.sync.scope import ScopeRule, article_filter_of, scope_rule
from include.sync.transform import CHUNK, UNREADABLE

WANTED, INACTIVE, OUTSIDE = "", "inactive", "outside_filter"
COLUMNS = ("simon_id", "key", "label", "reason")


def differences(listed: pd.DataFrame, linked: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """The rows of Simon that should go, with ``key`` and ``reason``.

    ``listed``: key, state (empty when Simon should hold it, else the reason why not), identity; the package.
    ``linked``: key, simon_id, identity. ``held``: simon_id, external_id, active, label; Simon.
    """
    rows = held.merge(linked.rename(columns={"identity": "known_as"}), on="simon_id", how="left")
    elsewhere = linked.loc[linked["simon_id"].isin(held["simon_id"]), "key"]
    # ours, with a link that was lost: it carries a key of the package that no other record in Simon has a link for
    lost = rows["key"].isna() & rows["external_id"].isin(listed["key"]) & ~rows["external_id"].isin(elsewhere)
    rows["key"] = rows["key"].where(~lost, rows["external_id"])
    rows = rows.merge(listed[["key", "state"]], on="key", how="left")
    rows["reason"] = rows["state"].where(rows["state"].notna(), "deleted").where(rows["key"].notna(), "hand_made")
    # under another key now: the next sync moves the link, and the record stays where it is
    unlinked = listed.loc[(listed["identity"] != "") & ~listed["key"].isin(linked["key"]), "identity"]
    moved = (rows["reason"] == "deleted") & rows["known_as"].isin(unlinked)
    return rows.loc[(rows["reason"] != WANTED) & ~moved, list(COLUMNS)]


@dataclass(frozen=True)
class Plan:
    """By stream, in the order of removal: what should go, and what is marked but wanted again."""

    removals: dict[str, list[PlannedRemoval]]
    wanted_again: dict[str, list[int]]


def plan(run: Run, tx: Transaction) -> Plan:
    """From the listings of this run. What a person keeps is left, and so is what Simon holds on to as deleted."""
    groups = listed_groups(run, tx)
    made = Plan({}, {})
    for name in streams(run.tenant):
        judge = scope_rule(name, article_filter_of(run), lambda: groups)
        listed = pd.concat(_judged(run, tx, name, judge), ignore_index=True)
        linked = pd.DataFrame(links.with_identity(tx, run.tenant.id, name), columns=["key", "simon_id", "identity"])
        held = _held(run, tx, name)
        going = differences(listed, linked, held)
        if name == "article_groups":  # people may have groups of their own
            going = going[going["reason"] != "hand_made"]
        marks = cleanup.marked(tx, run.tenant.id, name)
        kept = {id for id, (mark, _) in marks.items() if mark == "kept"}
        inactive = set(held.loc[~held["active"].astype(bool), "simon_id"])
        settled = kept | {id for id, (mark, _) in marks.items() if mark == "deleted" and id in inactive}
        made.removals[name] = [
            _planned(name, row) for row in going.itertuples(index=False) if row.simon_id not in settled
        ]
        # what is not in Simon's listing may only have been missed by it
        made.wanted_again[name] = sorted((marks.keys() & set(held["simon_id"])) - set(going["simon_id"]))
    return made


def _planned(stream: str, row: object) -> PlannedRemoval:
    simon_id, key, label, reason = (getattr(row, name) for name in COLUMNS)
    return PlannedRemoval(stream, int(simon_id), None if pd.isna(key) else str(key), label, reason)


def _held(run: Run, tx: Transaction, name: str) -> pd.DataFrame:
    rows = (
        (int(id), row["key"], row["active"], row["label"]) for id, row in staging.all_rows(tx, run.id, in_simon(name))
    )
    found = pd.DataFrame(rows, columns=["simon_id", "external_id", "active", "label"])
    return found.drop_duplicates("simon_id")  # its pages may shift while they are read


def _judged(run: Run, tx: Transaction, name: str, judge: ScopeRule) -> Iterator[pd.DataFrame]:
    """The package's listing in chunks. A row that cannot be read stays: that it is there is all we know.

    What the last sync made of a row that is still the same need not be made again, which takes ten times longer.
    """
    stream, kind = run.tenant.package.stream(name), STREAMS[name].record
    yield pd.DataFrame({"key": [], "state": [], "identity": []}, dtype="str")
    for rows in staging.chunks_with_records(tx, run.id, name, tenant_id=run.tenant.id, size=CHUNK):
        made: list[MasterRecord] = []
        unread = []
        for key, row in rows:
            try:
                made.append(kind.model_validate_json(row) if isinstance(row, str) else stream.to_record(row))
            except UNREADABLE:
                unread.append(key)
        states = [state_of(record, wanted) for record, wanted in zip(made, judge(made), strict=True)]
        yield pd.DataFrame(
            {
                "key": [record.key for record in made] + unread,
                "state": states + [WANTED] * len(unread),
                "identity": [record.identity for record in made] + [""] * len(unread),
            },
            dtype="str",
        )


def state_of(record: MasterRecord, wanted: bool) -> str:
    """Empty when Simon should hold it, else why not."""
    if wanted:
        return WANTED
    return OUTSIDE if record.active else INACTIVE


def missing_in_simon(run: Run, tx: Transaction, name: str) -> Sequence[tuple[str, int]]:
    """Links (key, Simon's id) to records that are not in Simon's listing."""
    linked = links.with_identity(tx, run.tenant.id, name)
    held = {int(id) for id, _ in staging.all_rows(tx, run.id, in_simon(name))}
    return [(key, id) for key, id, _ in linked if id not in held]


def row_state(run: Run, name: str, row: Raw, judge: ScopeRule) -> str:
    """What one row of the package says now; one that cannot be read counts as wanted."""
    stream = run.tenant.package.stream(name)
    try:
        record = stream.to_record(row)
    except UNREADABLE:
        return WANTED
    return state_of(record, judge([record])[0])

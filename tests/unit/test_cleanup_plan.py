"""What should go from Simon, as sets: for any state of both sides (R2.1, R2.2)."""

from dataclasses import dataclass

import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from include.cleanup.package_state import IN_SCOPE, INACTIVE, OUTSIDE
from include.cleanup.plan import differences

KEYS = [f"K{number}" for number in range(8)]
STATES = [IN_SCOPE, INACTIVE, OUTSIDE]


@dataclass(frozen=True)
class Sides:
    """``listed``: key -> (state, identity). ``linked``: key -> (Simon's id, identity). ``held``: id -> external id."""

    listed: dict[str, tuple[str, str]]
    linked: dict[str, tuple[int, str]]
    held: dict[int, str | None]

    def going(self) -> dict[int, tuple[str | None, str]]:
        """Return what is to go: Simon's id -> (key, reason)."""
        listed = pd.DataFrame(
            [(key, *rest) for key, rest in self.listed.items()], columns=["key", "state", "identity"], dtype="str"
        )
        linked = pd.DataFrame(
            [(key, *rest) for key, rest in self.linked.items()], columns=["key", "simon_id", "identity"]
        )
        held = pd.DataFrame(
            [(id, key, True, f"record {id}") for id, key in self.held.items()],
            columns=["simon_id", "external_id", "active", "label"],
        )
        going = differences(listed, linked, held, is_same=lambda pair: True)
        assert going["simon_id"].is_unique
        return {
            int(row.simon_id): (None if pd.isna(row.key) else str(row.key), str(row.reason))
            for row in going.itertuples(index=False)
        }


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    marks = st.sampled_from(["", "o1", "o2", "o3"])
    listed = draw(st.dictionaries(st.sampled_from(KEYS), st.tuples(st.sampled_from(STATES), marks)))
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True))
    ids = draw(st.lists(st.integers(1, 12), unique=True, min_size=len(keys), max_size=len(keys)))
    linked = {key: (id, draw(marks)) for key, id in zip(keys, ids, strict=True)}
    held = draw(st.dictionaries(st.integers(1, 12), st.none() | st.sampled_from([*KEYS, "", "iets anders"])))
    return Sides(listed, linked, held)


@given(sides())
@example(Sides({}, {}, {}))
@example(Sides({}, {}, {1: None}))
@example(Sides({"K0": (IN_SCOPE, "")}, {}, {}))
@example(Sides({}, {"K0": (1, "")}, {}))
def test_only_what_simon_holds(state: Sides) -> None:
    """R2.1: and nothing that the package wants there."""
    going = state.going()
    assert set(going) <= set(state.held)
    in_scope = {key for key, (scope, _) in state.listed.items() if scope == IN_SCOPE}
    assert not {id for key, (id, _) in state.linked.items() if key in in_scope} & set(going)
    assert not {key for key, _ in going.values()} & in_scope


@given(sides())
def test_deleted_is_linked_and_not_listed(state: Sides) -> None:
    """R2.1: the reasons say what they say."""
    keys = {id: key for key, (id, _) in state.linked.items()}
    for id, (key, reason) in state.going().items():
        if reason == "deleted":
            assert key == keys[id]
            assert key not in state.listed
        elif reason == "hand_made":
            assert key is None
            assert id not in keys
        else:
            assert key is not None
            assert state.listed[key][0] == reason


@given(sides())
def test_nothing_is_forgotten(state: Sides) -> None:
    """R2.1, R2.2: what has no place in Simon goes, unless it may be something under another key."""
    going = state.going()
    keys = {id: key for key, (id, _) in state.linked.items()}
    new = {mark for key, (_, mark) in state.listed.items() if key not in state.linked} - {""}
    for id in state.held:
        key = keys.get(id)
        if key is not None and key in state.listed:
            assert (id in going) is (state.listed[key][0] != IN_SCOPE)
        elif key is not None:
            assert (id in going) is (state.linked[key][1] not in new)


@given(sides())
def test_lost_link(state: Sides) -> None:
    """R2.2: what carries a key of the package is hand-made only beside a linked record with that key."""
    going = state.going()
    linked_ids = {id for id, _ in state.linked.values()}
    for id, external in state.held.items():
        if id in linked_ids:
            continue
        beside = external in state.linked and state.linked[external][0] in state.held
        ours = external in state.listed and not beside
        assert (going.get(id, (None, ""))[1] == "hand_made") is not ours


@given(sides(), st.sampled_from(KEYS))
def test_listing_more_never_removes_more(state: Sides, key: str) -> None:
    """R2.4: one more wanted record in the listing never makes another one go that did not go before."""
    if key in state.listed:
        return
    more = Sides({**state.listed, key: (IN_SCOPE, "")}, state.linked, state.held)
    assert set(more.going()) <= set(state.going())

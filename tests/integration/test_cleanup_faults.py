"""Listings that lie, of both packages: nothing goes from Simon that should not. A slice by default; all of them with
KOPPEL_FAULTS=1000.

Narrowed rights that show nowhere, while a single look-up answers as if the record were deleted, cannot be told from a
deletion. What is left then is the limit: those trials stay above it, and below it there is no proof to be had.
"""

import logging
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from include.tenants.tenant import Tenant
from sandbox.visibility import Visibility
from tests.helpers.cleanup_trials import (
    DEFAULT_LIMIT,
    GROUPS,
    CleanupFault,
    CleanupTally,
    CleanupWorld,
    build_world,
    run_trial,
)
from tests.helpers.packages import PACKAGES, package_kind
from tests.helpers.sandboxes import Sandbox
from tests.helpers.tenants import CoupleTenant

pytestmark = pytest.mark.usefixtures("small_steps", "quiet")
FAULTS = int(os.environ.get("KOPPEL_FAULTS", "100"))
SEED = int(os.environ.get("KOPPEL_FAULT_SEED", "1"))
GROUP_LIST = "ProductGroupNVL$"
PAGES = 3


@pytest.fixture
def quiet() -> Iterator[None]:
    """What is said of each trial stands in the store; printed, it would take longer than the trial."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def _list(world: CleanupWorld, rng: random.Random) -> str:
    return rng.choice((world.accounting.customers_path, world.accounting.articles_path))


def _hit(world: CleanupWorld, rng: random.Random, kind: str, **more: Any) -> Tenant:
    """One or more pages of a listing, in the first pass or in the second."""
    count = rng.choice((1, 1, 2, -1))
    world.strike(kind=kind, path=_list(world, rng), skip=rng.randrange(2 * PAGES), count=count, **more)
    return world.tenant()


def lost_page(world: CleanupWorld, rng: random.Random) -> Tenant:
    world.strike(kind="lost_page", path=_list(world, rng), skip=rng.randrange(2 * PAGES))
    return world.tenant()


def lost_in_both(world: CleanupWorld, rng: random.Random) -> Tenant:
    """The same page in both passes of Unit4, which agree then; in Rompslomp a page that stays away."""
    path, page = _list(world, rng), rng.randrange(PAGES)
    if not world.accounting.lists_are_read_twice:
        world.strike(kind="lost_page", path=path, skip=page, count=-1)
        return world.tenant()
    world.strike(kind="lost_page", path=path, skip=page)
    world.strike(kind="lost_page", path=path, skip=2 * page)  # of those that the first one lets through
    return world.tenant()


def lost_everywhere(world: CleanupWorld, rng: random.Random) -> Tenant:
    """Every listing of a table is empty, also that of the look-ups."""
    world.strike(kind="lost_page", path=_list(world, rng), count=-1)
    return world.tenant()


def moving_total(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, "moving_total")


def empty(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, "empty")


def truncated(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, "truncated")


def html(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, "html")


def status(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, "status", status=rng.choice((404, 429, 500, 502, 503)))


def dropped(world: CleanupWorld, rng: random.Random) -> Tenant:
    return _hit(world, rng, rng.choice(("drop_before", "drop_after")))


def expired_token(world: CleanupWorld, rng: random.Random) -> Tenant:
    """Half-read, then a token that has expired; and now and then one that nothing can be read with any more."""
    return _hit(world, rng, "expired_token")


def single_trouble(world: CleanupWorld, rng: random.Random) -> Tenant:
    """A listing that lies twice, and look-ups that fail."""
    tenant = lost_in_both(world, rng)
    kind, code = rng.choice((("status", 500), ("status", 403), ("html", 500), ("empty", 500), ("truncated", 500)))
    world.strike(kind=kind, status=code, path=world.accounting.single_records_path, count=rng.choice((1, -1)))
    return tenant


def simon_lists(world: CleanupWorld, rng: random.Random) -> Tenant:
    """Simon's own listings and look-ups leave rows out, or break off."""
    path = rng.choice(("/odata/Customer$", "/odata/Item$", "/odata/WorkOrder$"))
    kind = rng.choice(("lost_page", "lost_page", "status", "html", "empty"))
    world.strike(kind=kind, status=503, path=path, skip=rng.randrange(3), count=rng.choice((1, -1)))
    return world.tenant()


def narrowed_with_a_sign(world: CleanupWorld, rng: random.Random) -> Tenant:
    """Narrow the rights with a sign of it; a look-up says 403, or as if it were deleted."""
    _narrow(world, rng, rng.choice((403, 404)), **world.accounting.narrower_rights(rng))
    return world.tenant()


def narrowed_and_refused(world: CleanupWorld, rng: random.Random) -> Tenant:
    """No sign, but a look-up says that it may not be seen."""
    _narrow(world, rng, 403)
    return world.tenant()


def narrowed_without_a_sign(world: CleanupWorld, rng: random.Random) -> Tenant:
    """Nothing says so at all: above the limit (see the top)."""
    _narrow(world, rng, 404)
    return world.tenant(**DEFAULT_LIMIT)


def narrowed_meanwhile(world: CleanupWorld, rng: random.Random) -> Tenant:
    """With a sign, but only after the first page was asked for: what was looked at before does not show it."""
    world.meanwhile = lambda: narrowed_with_a_sign(world, rng)
    return world.tenant()


def _narrow(world: CleanupWorld, rng: random.Random, answer: int, **rights: Any) -> None:
    world.sandbox.server.world.switches.set(f"{world.coupled.package}.hidden_record", answer)
    share = rng.choice((0.3, 0.5, 0.8))
    seed = next(seed for seed in iter(lambda: rng.randrange(10**6), None) if _enough(world, Visibility(share, seed)))
    world.accounting.set_rights(visible=share, seed=seed, **rights)


def _enough(world: CleanupWorld, visibility: Visibility) -> bool:
    """Nothing of a table is hidden, or more than the limit lets through; and something is."""
    hidden = []
    for kind in ("customers", "articles"):
        rows = world.accounting.rows(kind)
        keys = [world.accounting.table_key(key) for key, row in rows.items() if world.belongs(kind, row)]
        hidden.append(sum(not visibility.sees(key) for key in keys))
    return any(hidden) and all(number == 0 or number >= 3 for number in hidden)


def wrong_administration(world: CleanupWorld, rng: random.Random) -> Tenant:
    """The settings point at another one, which exists and has records of its own."""
    return world.tenant(administration=world.accounting.other_administration())


def changed_filter(world: CleanupWorld, rng: random.Random) -> Tenant:
    """A person changed it since; nothing goes by it the first time."""
    names = rng.choice(((GROUPS[0],), (GROUPS[1],), ("Diversen",), (GROUPS[0], "Diversen"), ("materiaal",)))
    return world.tenant(**rng.choice(({"article_groups": names}, {"article_types": (rng.randrange(5),)})))


def renamed_group(world: CleanupWorld, rng: random.Random) -> Tenant:
    """So that the filter matches less, or nothing."""
    for key in rng.choice((("10",), ("20",), ("10", "20"))):
        world.accounting.administration.groups[key]["description"] += " (oud)"
    return world.tenant()


def lost_groups(world: CleanupWorld, rng: random.Random) -> Tenant:
    """The list that the filter on articles goes by, in one look or in all of them; with a lost page of articles too."""
    kind = rng.choice(("lost_page", "moving_total"))
    world.strike(kind=kind, path=GROUP_LIST, skip=rng.randrange(3), count=rng.choice((1, -1)))
    if rng.random() < 0.5:
        page = rng.randrange(PAGES)
        for skip in (page, 2 * page):
            world.strike(kind="lost_page", path="ProductInfoList$", skip=skip)
    return world.tenant()


def two_at_once(world: CleanupWorld, rng: random.Random) -> Tenant:
    for fault in rng.sample((lost_in_both, moving_total, simon_lists, expired_token, truncated), 2):
        fault(world, rng)
    return world.tenant()


COMMON: list[CleanupFault] = [
    lost_page,
    lost_in_both,
    lost_everywhere,
    moving_total,
    empty,
    truncated,
    html,
    status,
    dropped,
    expired_token,
    single_trouble,
    simon_lists,
    narrowed_with_a_sign,
    narrowed_meanwhile,
    narrowed_and_refused,
    narrowed_without_a_sign,
    wrong_administration,
    two_at_once,
]
WITH_GROUPS = [*COMMON, changed_filter, renamed_group, lost_groups]


def _many(world: CleanupWorld, kinds: list[CleanupFault], number: int, every: int = 7) -> CleanupTally:
    """So many trials, the kinds in turn; after one in ``every`` it is seen what good days make of it."""
    tally = CleanupTally()
    for trial_number in range(number):
        fault = kinds[trial_number % len(kinds)]
        run_trial(
            world, fault.__name__, fault, SEED * 10**6 + trial_number, tally, healed=trial_number % every == every - 1
        )
    return tally


@pytest.mark.parametrize("package", PACKAGES)
def test_no_fault_deletes_what_should_stay(
    couple: CoupleTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """R2.4: counted at the sandbox, by requests and by records; what should go goes all the same on a good day."""
    kinds = WITH_GROUPS if package_kind(package).filters else COMMON
    tally = _many(build_world(couple, sandbox, monkeypatch, package), kinds, FAULTS // 2)
    print(f"{package}: {tally}")
    assert tally.false == []
    assert tally.trials == FAULTS // 2
    assert set(tally.kinds) == {kind.__name__ for kind in kinds[: tally.trials]}
    assert tally.right
    assert tally.held_back
    assert tally.stopped


@pytest.mark.parametrize("package", PACKAGES)
def test_without_the_guards_the_same_faults_delete(
    couple: CoupleTenant, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """R2.4: two passes that always agree and a look-up that always says gone: then the harness sees false deletes."""
    made = build_world(couple, sandbox, monkeypatch, package)
    monkeypatch.setattr("include.store.staging.listings_agree", lambda *_: True)
    monkeypatch.setattr(f"include.connectors.{package}.client.{package.capitalize()}Client.get", lambda *_: None)
    guarded_by_them = lost_page if made.accounting.lists_are_read_twice else narrowed_and_refused
    tally = _many(made, [guarded_by_them], 12, every=100)
    assert len(tally.false) > 0

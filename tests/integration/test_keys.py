"""Going over to another key: everything encrypted anew, nothing unreadable in between (architecture 7)."""

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from include.access.credentials import credential_status
from include.access.keys import KeyRotation, new_key, rotate
from include.access.systems import open_app
from include.context import Context
from include.errors import Misconfigured
from include.health.offices import offices, set_addresses
from include.store import credentials as credentials_table
from include.sync.pipeline import sync
from tests.helpers.tenants import CoupledTenant, CoupleTenant

OLD, NEW = new_key(), new_key()


def with_keys(context: Context, *keys: str) -> Context:
    return replace(context, cipher=MultiFernet([Fernet(key) for key in keys]))


@pytest.fixture
def context(context: Context) -> Context:
    return with_keys(context, OLD)


@pytest.fixture
def tenants(couple: CoupleTenant) -> list[CoupledTenant]:
    return [couple("unit4", "one"), couple("rompslomp", "two")]


def opens(context: Context, key: str) -> list[bool]:
    """Of the encrypted access, whether this key alone opens it."""
    readable = []
    with context.store.begin() as tx:
        for row in credentials_table.listing(tx):
            try:
                Fernet(key).decrypt(row.encrypted)
            except InvalidToken:
                readable.append(False)
            else:
                readable.append(True)
    return readable


def test_everything_is_encrypted_with_the_first_key(context: Context, tenants: list[CoupledTenant]) -> None:
    """R5.1, architecture 7: afterwards the old key can go; the contents and their generation are the same."""
    before = [credential_status(context, coupled.tenant.id) for coupled in tenants]
    assert rotate(with_keys(context, NEW, OLD)) == KeyRotation(4, [])
    assert opens(context, NEW) == [True] * 4
    assert opens(context, OLD) == [False] * 4
    assert [credential_status(context, coupled.tenant.id) for coupled in tenants] == before
    for coupled in tenants:
        sync(with_keys(context, NEW), coupled.tenant, "one", ["articles"])


def test_it_can_be_interrupted_and_repeated(
    context: Context, tenants: list[CoupledTenant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Architecture 7: what is half done is readable with both keys, and done again without harm."""
    both, reencrypt, done = with_keys(context, NEW, OLD), credentials_table.reencrypt, []

    def breaks(*arguments: object) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(arguments)
        reencrypt(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(credentials_table, "reencrypt", breaks)
        with pytest.raises(KeyboardInterrupt):
            rotate(both)
    assert sorted(opens(context, NEW)) == [False, False, True, True]
    for coupled in tenants:
        open_app(both, coupled.tenant)
    assert rotate(both) == rotate(both) == KeyRotation(4, [])
    assert opens(context, NEW) == [True] * 4


def test_what_no_key_opens_is_named_and_holds_up_nobody(context: Context, tenants: list[CoupledTenant]) -> None:
    """R4.4: tenant and system are named, no secret is; the others are encrypted anew."""
    with context.store.begin() as tx:
        credentials_table.put(tx, tenants[0].tenant.id, "unit4", Fernet(new_key()).encrypt(b"{}"))
    assert rotate(with_keys(context, NEW, OLD)) == KeyRotation(3, ["one unit4"])


def test_a_missing_key_says_so(context: Context, tenants: list[CoupledTenant]) -> None:
    """R7.2: it says which variable, and the way out; no key and no stack trace of the cipher."""
    with pytest.raises(Misconfigured) as refused:
        open_app(with_keys(context, NEW), tenants[0].tenant)
    assert refused.value.code == "connection.undecryptable"
    said = refused.value.text() + refused.value.action() + repr(refused.value)
    assert "KOPPEL_KEYS" in said
    assert NEW not in said


@pytest.mark.filterwarnings("ignore:.*imghdr:DeprecationWarning")  # of a library of Apprise
def test_the_addresses_of_offices_go_along(context: Context, couple: CoupleTenant) -> None:
    """Security: once the older key is gone, an office is still told; one that no key opens is named."""
    coupled = couple("unit4", slug="one")
    older, both, newer = (with_keys(context, *keys) for keys in ((OLD,), (NEW, OLD), (NEW,)))
    set_addresses(older, coupled.tenant, ["json://office.example"], "anna")
    assert offices(newer) == {}
    assert "one alert addresses" in rotate(newer).unreadable
    assert rotate(both).unreadable == []
    assert list(offices(newer)) == [coupled.tenant.id]

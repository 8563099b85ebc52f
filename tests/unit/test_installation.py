"""What an installation takes from its environment: ``include.installation``."""

from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from include.context import Context
from include.errors import NotConfigured
from include.installation import Installation, Retention, registration
from include.store import StoreClock

URL = "postgresql+psycopg2://koppel@db/koppel"
KEY, OTHER = (urlsafe_b64encode(letter * 32).decode() for letter in (b"k", b"o"))
NEEDED = {"KOPPEL_STORE_URL": URL, "KOPPEL_KEYS": KEY}


def test_what_is_needed_is_enough() -> None:
    """Store and keys; everything else has a default."""
    installation = Installation.from_environment(NEEDED)
    assert installation == Installation(URL, (KEY,), Path(".local"), 30.0)


def test_everything_can_be_set() -> None:
    """Several keys: the first encrypts, the others still open what they closed."""
    installation = Installation.from_environment(
        NEEDED | {"KOPPEL_KEYS": f"{KEY},{OTHER}", "KOPPEL_STATE": "/var/lib/koppel", "KOPPEL_POLL_INTERVAL_S": "2.5"}
    )
    assert installation == Installation(URL, (KEY, OTHER), Path("/var/lib/koppel"), 2.5)


def test_what_vendors_gave_is_found_by_system_and_field() -> None:
    """Architecture 7: what is empty is not set; a third package needs no new code."""
    environment = {
        "KOPPEL_UNIT4_CLIENT_ID": " id ",
        "KOPPEL_UNIT4_CLIENT_SECRET": "",
        "KOPPEL_THIRD_BASE": "https://third",
    }
    registered = Installation.from_environment(NEEDED | environment).registered
    assert registration(registered, "unit4", ("client_id", "client_secret", "base")) == {"client_id": "id"}
    assert registration(registered, "third", ("base",)) == {"base": "https://third"}


def test_no_secret_is_shown() -> None:
    """Architecture 7: it shows neither keys, nor the store's password, nor what vendors gave."""
    installation = Installation.from_environment(NEEDED | {"KOPPEL_UNIT4_CLIENT_SECRET": "canary"})
    shown = repr(installation) + repr(Context.from_environment(installation))
    assert not [secret for secret in (KEY, "canary", URL) if secret in shown]


def test_any_value_can_be_in_a_file(tmp_path: Path) -> None:
    """Architecture 7: secrets need not be in the environment; a line end after the value is no part of it."""
    values = NEEDED | {"KOPPEL_UNIT4_CLIENT_SECRET": "secret", "KOPPEL_POLL_INTERVAL_S": "5"}
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    installation = Installation.from_environment({f"{name}_FILE": str(tmp_path / name) for name in values})
    assert installation == Installation.from_environment(values)


def test_an_empty_file_is_a_value_that_is_not_set(tmp_path: Path) -> None:
    """Architecture 7: as an empty variable."""
    file = tmp_path / "empty"
    file.touch()
    environment = NEEDED | {"KOPPEL_UNIT4_CLIENT_SECRET_FILE": str(file), "KOPPEL_ROMPSLOMP_CLIENT_SECRET_FILE": ""}
    registered = Installation.from_environment(environment).registered
    assert registration(registered, "unit4", ("client_secret",)) == {}
    with pytest.raises(NotConfigured, match="KOPPEL_KEYS is not set"):
        Installation.from_environment({"KOPPEL_STORE_URL": URL, "KOPPEL_KEYS_FILE": str(file)})


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """R4.4: it is named by its variable; as is a value that is given twice, of which one would be forgotten."""
    (tmp_path / "binary").write_bytes(b"\xff")
    for path in (tmp_path / "none", tmp_path / "binary", tmp_path):
        with pytest.raises(NotConfigured, match="KOPPEL_KEYS_FILE takes the path of a file"):
            Installation.from_environment({"KOPPEL_STORE_URL": URL, "KOPPEL_KEYS_FILE": str(path)})
    with pytest.raises(NotConfigured, match="KOPPEL_KEYS and KOPPEL_KEYS_FILE are both set"):
        Installation.from_environment(NEEDED | {"KOPPEL_KEYS_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize("name", sorted(NEEDED))
@pytest.mark.parametrize("value", [None, ""])
def test_what_is_missing_is_named(name: str, value: str | None) -> None:
    """The message names the variable and what it takes."""
    others = {known: text for known, text in NEEDED.items() if known != name}
    with pytest.raises(NotConfigured) as caught:
        Installation.from_environment(others if value is None else {**others, name: value})
    assert str(caught.value).startswith(f"{name} is not set; it takes ")


def test_times_of_retention_can_be_set() -> None:
    """They are set in days; the steps of the ledger are kept for two years at least."""
    environment = {"KOPPEL_KEEP_LOG_DAYS": "30", "KOPPEL_KEEP_LEDGER_STEPS_DAYS": "730"}
    assert Installation.from_environment(NEEDED | environment).retention == Retention(log_days=30, step_days=730)


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [("LOG", "0", 1), ("PROBLEMS", "-1", 1), ("EXPORTS", "a", 1), ("RUNS", "6", 7), ("LEDGER_STEPS", "729", 730)],
)
def test_too_short_a_retention_is_refused(name: str, value: str, least: int) -> None:
    """The message names the variable and what it takes."""
    with pytest.raises(NotConfigured, match=f"KOPPEL_KEEP_{name}_DAYS takes a number of days, {least} or more"):
        Installation.from_environment({**NEEDED, f"KOPPEL_KEEP_{name}_DAYS": value})


@pytest.mark.parametrize("value", ["", "snel", "0", "0.99", "-5", "30s", "nan", "inf"])
def test_poll_interval_must_be_a_number_of_seconds(value: str) -> None:
    """R6.2: one second or more, and it must end."""
    with pytest.raises(NotConfigured, match="KOPPEL_POLL_INTERVAL_S takes a number of seconds, 1 or more"):
        Installation.from_environment({**NEEDED, "KOPPEL_POLL_INTERVAL_S": value})


def test_the_environment_is_this_process_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in ``os.environ`` at that moment."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    assert Installation.from_environment().store_url == URL


def test_koppel_opens_nothing_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreachable store is not noticed before it is used."""
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    context = Context.from_environment()
    assert context.store.url == URL
    assert context.cipher.decrypt(Fernet(KEY).encrypt(b"x")) == b"x"
    assert isinstance(context.now, StoreClock)


@pytest.mark.parametrize("keys", ["geen sleutel", f"{KEY},"])
def test_wrong_key_is_named(keys: str) -> None:
    """The message names the variable and what it takes, never the key."""
    installation = Installation.from_environment({**NEEDED, "KOPPEL_KEYS": keys})
    with pytest.raises(NotConfigured, match="KOPPEL_KEYS") as caught:
        Context.from_environment(installation)
    assert KEY not in str(caught.value)

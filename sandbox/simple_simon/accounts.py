"""The licences of this sandbox: the seeded one and those that were added, each with its own log-in and records."""

from typing import Any

from sandbox.simple_simon import seed
from sandbox.simple_simon.sign_in import SimonSignIn
from sandbox.simple_simon.store import SimonAccount, SimonIds
from sandbox.world import World


class SimonAccounts:
    """Opens licences and lets their users sign in."""

    def __init__(self, world: World, sign_in: SimonSignIn) -> None:
        self.world, self.sign_in = world, sign_in
        self.reset()

    def reset(self) -> None:
        """Go back to the seeded account and its data; tokens and other accounts are gone."""
        self.ids = SimonIds(seed.FIRST_IDS)
        self.sign_in.accounts.clear()
        self.sign_in.tokens.clear()
        seeded = SimonAccount(self.world, self.ids, seed.LICENCE, seed.API_KEY)
        self._open(seeded, seed.USER, seed.PASSWORD, filled=True)

    @property
    def by_key(self) -> dict[str, SimonAccount]:
        return self.sign_in.accounts

    def add(self, filled: bool, title: str = "") -> SimonAccount:
        """Add another licence with its own log-in, with the seeded data or with people only."""
        number = len(self.by_key) + 1
        account = SimonAccount(self.world, self.ids, f"2222{number:012d}", f"sandbox-key-{number}")
        account.title = title or f"Proefbedrijf {number}"
        self._open(account, f"kantoor{number}@voorbeeld.nl", f"voorbeeld-{number}", filled)
        return account

    def _open(self, account: SimonAccount, user: str, password: str, filled: bool) -> None:
        data = seed.SeedData(account)
        users = seed.people(data, user, password)
        if filled:
            seed.contract(data, users)
        self.by_key[account.key] = account

    def access(self, account: SimonAccount, root: str) -> dict[str, Any]:
        """Return addresses and log-in of an account."""
        user, password = next(iter(account.passwords.items()))
        return {
            "odata": f"{root}/simon/odata",
            "rest": f"{root}/simon/rest",
            "key": account.key,
            "usr": user,
            "pwd": password,
            "api_key": account.api_key,
        }

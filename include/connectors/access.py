"""What it takes to sign in to a remote system, and the contract of where that is kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Protocol, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, model_validator

from include.records import Raw
from include.typed_text import trim


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("use a whole address: https://host/path")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]


class Access(BaseModel):
    """What it takes to sign in to one system for one tenant, tokens included. It is stored encrypted as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kept: ClassVar[Sequence[str]] = ()  # fields that nobody types: we fill them in ourselves
    exact: ClassVar[Sequence[str]] = ()  # fields in which a blank at either end may be meant: passwords

    @model_validator(mode="before")
    @classmethod
    def _trim(cls, values: Any) -> Any:
        """Leave out what was copied along with a value: blanks around it, also those that nobody sees."""
        if not isinstance(values, Mapping):
            return values
        return {
            name: trim(value) if isinstance(value, str) and name not in cls.exact else value
            for name, value in values.items()
        }

    def stored(self) -> Raw:
        """Return all fields with their secrets in the clear, for the encrypted store only."""
        values = self.model_dump(mode="json")
        for name in type(self).model_fields:
            if isinstance(value := getattr(self, name), SecretStr):
                values[name] = value.get_secret_value()
        return values


A = TypeVar("A", bound=Access)


class CredentialStore(Protocol[A]):
    """Keeps a tenant's access to one system; it outlives the client that uses it."""

    def read(self) -> A: ...

    def renew(self, used: A, exchange: Callable[[A], A]) -> A:
        """Return the access to go on with after ``used`` turned out to be expired.

        Under a lock: when somebody else renewed it meanwhile, return that one; otherwise ``exchange(stored)``, which is
        stored before it is returned. An ``exchange`` that raises TokenRevoked is the last one until a person connects
        again.
        """

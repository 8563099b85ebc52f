"""The fields of the forms in which a person types the access to a system."""

from dataclasses import dataclass
from typing import get_args

from pydantic import SecretStr

from include.connectors.system import RemoteSystem


@dataclass(frozen=True)
class AccessField:
    """A field of the form, named as in the description of a tenant; with ``options`` it is a choice."""

    name: str
    secret: bool
    required: bool
    options: list[str]
    default: str


def access_fields(system: RemoteSystem) -> list[AccessField]:
    """Return what a person types; of a system with a consent page of its own, what is no part of that."""
    if system.oauth is None:
        return [_field(system, name) for name in system.access.model_fields if name not in system.access.kept]
    return [_field(system, name) for name in system.oauth.typed if name not in system.oauth.registration]


def _field(system: RemoteSystem, name: str) -> AccessField:
    info = system.access.model_fields[name]
    secret = info.annotation is SecretStr or SecretStr in get_args(info.annotation)
    return AccessField(
        name=name,
        secret=secret,
        required=info.is_required(),
        options=[option for option in get_args(info.annotation) if isinstance(option, str)],
        default="" if info.is_required() or info.default is None or secret else str(info.default),
    )

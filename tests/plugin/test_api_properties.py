"""The JSON API under whatever anybody may send it: never an answer of 500 or more, and always one it announced."""

from collections.abc import Callable

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.plugin.airflow_server import PageUser

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.mark.parametrize("name", ["user", "admin"])
def test_nothing_breaks_it(person: Callable[..., PageUser], name: str) -> None:
    """Must hold 2: every operation of the description, with what fits it and what does not, on a tenant that exists."""
    user = person(name)
    headers = {"authorization": f"Bearer {user.token}"}
    described = requests.get(f"{user.root}/api/openapi.json", headers=headers, timeout=30).json()
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=user.root)
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert {operation.path for operation in operations} >= {
        "/api/tenants",
        "/api/log",
        "/api/problems",
        "/api/tenants/{tenant}/sync",
    }
    for operation in operations:
        for mode in schemathesis.GenerationMode:

            @given(case=operation.as_strategy(generation_mode=mode))
            @settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
            def once(case: schemathesis.Case) -> None:
                if "tenant" in case.path_parameters and mode.is_positive:  # noqa: B023 - called before the next mode
                    case.path_parameters["tenant"] = "jansen"
                case.call_and_validate(headers=headers, checks=CHECKS)

            once()

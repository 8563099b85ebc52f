"""Airflow's simple auth manager, with what it lacks and FAB has: users who may read the DAGs of one tenant only."""

from typing import Any

from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager


class TenantAuthManager(SimpleAuthManager):
    """The user ``only_<tenant>`` has the rights of their role on that tenant's DAGs, and none on others."""

    def is_authorized_dag(self, *, method: Any, user: Any, access_entity: Any = None, details: Any = None) -> bool:
        tenant = user.username.removeprefix("only_")
        if tenant != user.username and (details is None or not str(details.id).endswith(f"__{tenant}")):
            return details is None and method == "GET"  # as FAB: whoever may read one may ask for the list
        return bool(super().is_authorized_dag(method=method, user=user, access_entity=access_entity, details=details))

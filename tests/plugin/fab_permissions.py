"""Run by test_fab in a process of its own: what people with FAB's roles may do at the pages, printed as JSON."""

import json
import sys
import warnings
from typing import Any

TENANTS = ("jansen", "devries")
OWN_ROLES = {
    "reader": [("can_read", "DAG:sync__jansen")],
    "operator": [
        ("can_read", "DAG:sync__jansen"),
        ("can_edit", "DAG:sync__jansen"),
        ("can_create", "DAG Runs"),
        ("can_read", "DAG Runs"),
    ],
}
FAB_ROLES = {"viewer": "Viewer", "op": "Op", "admin": "Admin", "public": "Public"}


def add_dags() -> None:
    from airflow.models.dag import DagModel
    from airflow.models.dagbundle import DagBundleModel
    from airflow.utils.session import create_session

    limits = {"max_active_tasks": 1, "max_active_runs": 1, "max_consecutive_failed_dag_runs": 0}
    flags = {"has_task_concurrency_limits": False, "has_import_errors": False}
    with create_session() as session:
        session.add(DagBundleModel(name="bundle"))
        session.flush()
        for tenant in TENANTS:
            dag_id = f"sync__{tenant}"
            session.add(DagModel(dag_id=dag_id, bundle_name="bundle", fileloc="x", **limits, **flags))


def add_people(security: Any) -> None:
    for name, permissions in OWN_ROLES.items():
        role = security.add_role(name)
        for action, resource in permissions:
            security.add_permission_to_role(role, security.create_permission(action, resource))
    for name in (*OWN_ROLES, *FAB_ROLES):
        role = security.find_role(FAB_ROLES.get(name, name))
        assert security.add_user(name, name, name, f"{name}@example.org", role, password="geheim"), name


def main() -> None:
    warnings.simplefilter("ignore")
    from airflow.api_fastapi.app import create_app, get_auth_manager

    create_app("core")
    manager: Any = get_auth_manager()
    from plugins.koppel.security import Right, may, visible_tenants

    add_dags()
    manager.flask_app.app_context().push()
    add_people(manager.security_manager)
    rights_of: dict[str, Any] = {}
    for name in (*OWN_ROLES, *FAB_ROLES):
        user = manager.security_manager.find_user(username=name)
        rights = {right.name: [tenant for tenant in TENANTS if may(user, right, tenant)] for right in Right}
        rights_of[name] = {"visible": sorted(visible_tenants(user) & {"jansen", "devries"}), **rights}
    json.dump(rights_of, sys.stdout)


if __name__ == "__main__":
    main()

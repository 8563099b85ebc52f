"""Tells Airflow of the pages: where they are served, and where they appear."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/koppel"


async def serve(scope: Any, receive: Any, send: Any) -> None:
    """Serve the app, which is imported when somebody first asks for a page: every task imports this module."""
    from plugins.koppel.app import served

    await served(scope, receive, send)


class KoppelPlugin(AirflowPlugin):
    name = "koppel"
    fastapi_apps = [{"app": serve, "url_prefix": PREFIX, "name": "Koppel"}]
    external_views = [
        {
            "name": "Koppel",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "url_route": "koppel",
            "nav_top_level": True,
            "icon": f"{PREFIX}/static/koppel.svg",
            "icon_dark_mode": f"{PREFIX}/static/koppel-dark.svg",
        },
        {
            "name": "Koppel",
            "href": f"{PREFIX}/?dag_id={{DAG_ID}}",
            "destination": "dag",
            "url_route": "koppel-tenant",
        },
    ]

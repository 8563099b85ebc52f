"""The trigger through which a tenant's DAGs hear of events."""

from importlib import import_module

import pytest


@pytest.mark.usefixtures("served")
def test_the_triggerer_can_make_a_trigger_anew() -> None:
    """R6.2: Airflow stores a trigger as the path of its class and its arguments."""
    from plugins.watcher import TenantEventTrigger

    trigger = TenantEventTrigger(tenant="jansen", kind="archived")
    path, arguments = trigger.serialize()
    module, _, name = path.rpartition(".")
    restored = getattr(import_module(module), name)(**arguments)
    assert restored.serialize() == trigger.serialize()
    assert type(restored) is TenantEventTrigger

"""The acts, by what they are about; ``ACTS`` has all of them."""

from plugins.koppel.acts import cleanup, life, problems, settings, work_orders

ACTS = (*life.ACTS, *settings.ACTS, *work_orders.ACTS, *cleanup.ACTS, *problems.ACTS)

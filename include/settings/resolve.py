"""Problems of settings that are over: what was said before and is not found by a later check of all settings (R7.5)."""

from collections.abc import Iterable

from include.log.writer import IntegrationLog, open_problems
from include.settings.check_result import CheckResult

TABLE = "settings"
OURS = ("settings.", "filter.")  # what is said of settings, by the checks and by the sync


def resolve_settings_problems(log: IntegrationLog, verdicts: Iterable[CheckResult]) -> None:
    """Close the open problems that these verdicts, which are those of all settings, do not find again."""
    still = {(one.code, one.record) for one in verdicts if one.level != "ok"}
    records = {record for _, record in still}
    for problem in open_problems(log.store, log.tenant_id):
        if problem.table != TABLE or not problem.code.startswith(OURS) or (problem.code, problem.record) in still:
            continue
        # the sync has a warning of its own for what the check calls an error
        if problem.code.startswith("settings.") or problem.record not in records:
            log.solved(TABLE, problem.record, problem.code)

"""Problems of settings that are over: what was said before and is not found by a later check of all settings (R7.5)."""

from collections.abc import Iterable

from include.log.writer import IntegrationLog
from include.settings.check_result import CheckResult
from include.store import log_search
from include.store.log_search import LogRowFilter
from include.store.problems import ProblemFilter

TABLE = "settings"
MOST = 1000  # open problems of settings that are looked at
OURS = ("settings.", "filter.")  # what is said of settings, by the checks and by the sync


def resolve_settings_problems(log: IntegrationLog, verdicts: Iterable[CheckResult]) -> None:
    """Close the open problems that these verdicts, which are those of all settings, do not find again."""
    still = {(one.code, one.record) for one in verdicts if one.level != "ok"}
    records = {record for _, record in still}
    with log.store.begin() as tx:
        rows = log_search.open_problems(tx, LogRowFilter(tenants=(log.tenant_id,), table=TABLE), MOST)
    for problem in rows:
        if not problem.code.startswith(OURS) or (problem.code, problem.record) in still:
            continue
        # the sync has a warning of its own for what the check calls an error
        if problem.code.startswith("settings.") or problem.record not in records:
            log.resolve(ProblemFilter(TABLE, problem.record, codes=(problem.code,)))

"""The open problems of settings: reported by checks, and resolved when a later check does not find them (R7.5)."""

from collections.abc import Iterable, Sequence

from include.log.writer import IntegrationLog
from include.settings.article_filter import REFUSED, Finding
from include.settings.check_result import CheckLevel, CheckResult
from include.store import log_search, problems
from include.store.log_search import LogRowFilter
from include.store.problems import ProblemFilter

TABLE = "settings"
MOST_PROBLEMS = 1000  # open problems of settings that are looked at
OWN_CODES = ("settings.", "filter.")  # what is reported of settings, by the checks and by the sync


def report_problems(log: IntegrationLog, results: Iterable[CheckResult], package_title: str) -> None:
    """Report what a check of all settings found, and resolve what was reported before and is in order again."""
    bad = [
        result for result in results if result.level != CheckLevel.OK and result.code != "settings.administration_first"
    ]
    # a list that could not be read is trouble with the package, and the same for every setting that needs it
    reported = {(result.code, result.record if _is_own(result) else ""): result for result in bad}
    for (code, record), result in reported.items():
        log.write(code, record, **result.values)
        _replace_warning(log, code, record)
    if all(_is_own(result) for result in bad):
        log.resolve_connection(package_title)
        resolve_problems(log, bad)


def report_finding(log: IntegrationLog, finding: Finding) -> None:
    """Report what the sync found of a filter, unless a check has refused it: the same is one problem (R7.5)."""
    codes = REFUSED.values() if finding.code in REFUSED else ()
    with log.store.begin() as tx:
        refused = any(problems.is_open(tx, log.tenant_id, code, finding.record) for code in codes)
    if not refused:
        log.write(finding.code, finding.record, near=finding.near, count=finding.count)


def _replace_warning(log: IntegrationLog, code: str, record: str) -> None:
    """Close the sync's warning of what a check refuses: it stays open as the error."""
    if code in REFUSED.values():
        with log.store.begin() as tx:
            problems.resolve(tx, log.tenant_id, ProblemFilter(TABLE, record, codes=tuple(REFUSED)))


def resolve_problems(log: IntegrationLog, results: Sequence[CheckResult]) -> None:
    """Resolve the open problems that a check of all settings did not find again."""
    remaining = {(result.code, result.record) for result in results if result.level != CheckLevel.OK}
    records = {record for _, record in remaining}
    with log.store.begin() as tx:
        rows = log_search.open_problems(tx, LogRowFilter(tenants=(log.tenant_id,), table=TABLE), MOST_PROBLEMS)
    for problem in rows:
        if not problem.code.startswith(OWN_CODES) or (problem.code, problem.record) in remaining:
            continue
        # the sync has a warning of its own for what the check calls an error
        if problem.code.startswith("settings.") or problem.record not in records:
            log.resolve(ProblemFilter(TABLE, problem.record, codes=(problem.code,)))


def _is_own(result: CheckResult) -> bool:
    return result.code.startswith(OWN_CODES)

"""koppel fleet: what is wrong over all couplings, the worst first (R7.4)."""

import json

from include.context import Context
from include.log.writer import IntegrationLog
from tests.helpers.command_line import StartKoppel
from tests.helpers.tenants import CoupleTenant


def test_the_worst_come_first(context: Context, couple: CoupleTenant, start_koppel: StartKoppel) -> None:
    """R7.4: it counts over all, and names the couplings with problems, most first."""
    for slug, problems in (("fine", 0), ("bad", 2), ("worse", 5)):
        coupled = couple("unit4", slug=slug)
        log = IntegrationLog(context.store, coupled.tenant.id, slug, "test")
        for number in range(problems):
            log.write("run.failed", f"run {number}", reason="x")
    told = json.loads(start_koppel("fleet", "--json").communicate(timeout=30)[0])
    assert told["couplings"] == {"active": 3}
    assert told["problems"] == {"error": 7}
    assert [row["tenant"] for row in told["worst"]] == ["worse", "bad"]
    assert told["troubled"] == 2
    output, errors = start_koppel("fleet", "--limit", "1").communicate(timeout=30)
    assert errors == ""
    assert "3 active" in output
    assert "worse" in output
    assert "fine" not in output


def test_a_refusal_is_json_too(context: Context, start_koppel: StartKoppel) -> None:
    """R6.6: a program that asks for JSON gets JSON, on standard error, whatever the command."""
    for command in (["tenants", "show", "none"], ["log", "list", "none"], ["reconcile", "none"]):
        process = start_koppel(*command, "--json")
        output, errors = process.communicate(timeout=30)
        assert (output, process.returncode) == ("", 1)
        assert "none" in json.loads(errors)["errors"][0]

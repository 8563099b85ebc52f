"""koppel health: says whether the installation is at work, in time and able to write; and keeps people told of it."""

from typing import Annotated, Any

import typer

from cli.common import AsJson, explained, print_json, print_line
from include.context import Context
from include.health.finding import HealthFinding
from include.health.installation import LOOKOUT, HealthCheck
from include.health.lookout import Lookout
from include.installation import Installation

app = typer.Typer()


@app.command("health")
def health(
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Look once a minute, for ever, and tell people.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything once; the exit code says whether all is well: 0, or 1 when something is wrong."""
    with explained():
        installation = Installation.from_environment()
        settings = installation.alerting
        context = Context.from_environment(installation)
        part = LOOKOUT if watch else "look by hand"
        check = HealthCheck(context, installation.poll_interval_s, settings.airflow_url, part)
        if watch:
            Lookout(context, settings, check).run()
        findings = check.findings()
    if as_json:
        print_json({"ok": not findings, "findings": [_as_json(finding) for finding in findings]})
    else:
        for finding in findings:
            text = finding.text("en")
            print_line(f"✗ {text.message} {text.action}")
        if not findings:
            print_line("All is well.")
    raise typer.Exit(1 if findings else 0)


def _as_json(finding: HealthFinding) -> dict[str, Any]:
    text = finding.text("en")
    return {"code": finding.code, "cause": finding.cause, "message": text.message, "action": text.action}

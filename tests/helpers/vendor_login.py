"""What a person does at the sandboxes' log-in pages, without a browser."""

from urllib.parse import parse_qsl, urlsplit

import requests

from tests.helpers.packages import package_kind


def decide_consent(address: str, package: str, decision: str = "approve", **fields: str) -> dict[str, str]:
    """Log in at the vendor's page, decide, and return what the browser is sent back with; it is not followed there."""
    parts = urlsplit(address)
    assert requests.get(address, timeout=10).status_code == 200
    query = dict(parse_qsl(parts.query))
    form = {**query, **package_kind(package).login_fields, **fields, "decision": decision}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

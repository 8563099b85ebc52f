"""What a person does at the sandboxes' log-in pages, without a browser."""

from urllib.parse import parse_qsl, urlsplit

import requests

LOGIN_FIELDS = {
    "rompslomp": {"email": "boekhouder@voorbeeld.nl", "password": "voorbeeld"},
    "unit4": {
        "portal_user": "jansen",
        "portal_password": "portaal-geheim",
        "multivers_user": "SYSTEEM",
        "multivers_password": "",
    },
}


def decide_consent(address: str, package: str, decision: str = "approve", **fields: str) -> dict[str, str]:
    """What comes back with the person; the browser is not followed to where it returns."""
    parts = urlsplit(address)
    assert requests.get(address, timeout=10).status_code == 200
    query = dict(parse_qsl(parts.query))
    form = {**query, **LOGIN_FIELDS[package], **fields, "decision": decision}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

"""The page on which a person lets the application in: portal user, Multivers user, approve or deny (contract 2.2)."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from jinja2 import Environment
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.unit4.call import Unit4User
from sandbox.unit4.errors import Unit4Error
from sandbox.unit4.oauth import CLIENT_ID, SCOPE, Unit4OAuth

LogIn = Callable[[str, str], Unit4User | None]  # Multivers user name and password

_PAGE = Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Multivers: toegang verlenen</title>
<link rel="icon" href="/people/files/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/people/files/people.css">
</head>
<body>
<main class="narrow">
<section class="card">
<h1>Toegang verlenen</h1>
<p>Een toepassing vraagt toegang tot uw administraties in Multivers (zandbak).</p>
{% if error %}<div class="problems" role="alert"><p>{{ error }}</p></div>{% endif %}
<form method="post">
<fieldset><legend>Portaal</legend>
<label for="portal_user">Gebruikersnaam portaal (zonder het deel vanaf @)</label>
<input id="portal_user" name="portal_user" autocomplete="off" value="{{ portal_user }}">
<label for="portal_password">Wachtwoord portaal</label>
<input id="portal_password" name="portal_password" type="password" autocomplete="off">
</fieldset>
<fieldset><legend>Multivers</legend>
<label for="multivers_user">Gebruikersnaam Multivers (meestal SYSTEEM)</label>
<input id="multivers_user" name="multivers_user" autocomplete="off" value="{{ multivers_user }}">
<label for="multivers_password">Wachtwoord Multivers (meestal leeg)</label>
<input id="multivers_password" name="multivers_password" type="password" autocomplete="off">
</fieldset>
<p class="buttons"><button type="submit" name="decision" value="approve" class="main">Toestaan</button>
<button type="submit" name="decision" value="deny">Weigeren</button></p>
</form>
</section>
</main>
</body>
</html>
"""
)


# no form-action: browsers apply it to the redirect after the form as well
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


def authorize(oauth: Unit4OAuth, query: Mapping[str, str], form: Mapping[str, str] | None, log_in: LogIn) -> Response:
    """GET shows the page, POST answers it; both check the request of the application first."""
    redirect_uri, state = query.get("redirect_uri", ""), query.get("state")
    if query.get("client_id") != CLIENT_ID:
        raise Unit4Error(400, {"error": "invalid_client", "error_description": "client_id is not registered"})
    if not oauth.is_registered(redirect_uri):
        raise Unit4Error(400, {"error": "invalid_request", "error_description": "redirect_uri is not registered"})
    if query.get("response_type") != "code":
        return _back(redirect_uri, state, error="unsupported_response_type")
    if query.get("scope") != SCOPE:
        return _back(redirect_uri, state, error="invalid_scope")
    if form is None:
        return _page("", {})
    if form.get("decision") == "deny":
        return _back(redirect_uri, state, error="access_denied")
    if not form.get("portal_user"):
        return _page("Vul de gebruikersnaam van het portaal in.", form)
    user = log_in(form.get("multivers_user", ""), form.get("multivers_password", ""))
    if user is None:
        return _page("De gebruikersnaam of het wachtwoord van Multivers is onjuist.", form)
    return _back(redirect_uri, state, code=oauth.new_code(user, redirect_uri))


def _page(error: str, form: Mapping[str, str]) -> Response:
    shown = {name: form.get(name, "") for name in ("portal_user", "multivers_user")}
    return HTMLResponse(_PAGE.render(error=error, **shown), headers=_HEADERS)


def _back(redirect_uri: str, state: str | None, **outcome: str) -> Response:
    query = urlencode(outcome | ({} if state is None else {"state": state}))
    joint = "&" if "?" in redirect_uri else "?"
    return RedirectResponse(f"{redirect_uri}{joint}{query}", status_code=302)

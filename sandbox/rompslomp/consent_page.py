"""The consent page: plain HTML that a browser can use without scripts (contract 2)."""

import jinja2
from starlette.responses import Response

_DOES = {
    "public": "Algemene gegevens lezen, zoals ondernemingen en btw-tarieven",
    "manage:companies": "Ondernemingen beheren",
    "manage:contacts": "Klanten en leveranciers beheren",
    "manage:sales_invoices": "Verkoopfacturen beheren",
    "manage:payments": "Betalingen beheren",
    "manage:products": "Producten beheren",
    "manage:quotations": "Offertes beheren",
    "manage:hours": "Uren beheren",
    "manage:rides": "Ritten beheren",
    "manage:expenses": "Uitgaven beheren",
    "manage:journal_entries": "Boekingen beheren",
    "read:accounts": "Grootboekrekeningen lezen",
    "read:me": "Uw naam en e-mailadres lezen",
}
_PAGE = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""<!doctype html>
<html lang="nl">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Toegang geven - Rompslomp</title>
  <link rel="stylesheet" href="consent.css">
</head>
<body>
<main>
  <h1>Rompslomp <small>(sandbox)</small></h1>
  <p><strong>Koppel</strong> vraagt toegang tot uw administratie.</p>
  <h2>Gevraagde rechten</h2>
  <ul>
  {% for scope in scopes %}
    <li>{{ does[scope] }} <code>{{ scope }}</code></li>
  {% endfor %}
  </ul>
  {% if problem %}
  <p role="alert" class="problem">{{ problem }}</p>
  {% endif %}
  <form method="post" action="authorize">
  {% for name, value in parameters.items() %}
    <input type="hidden" name="{{ name }}" value="{{ value }}">
  {% endfor %}
    <label for="email">E-mailadres</label>
    <input id="email" name="email" type="email" autocomplete="username" required>
    <label for="password">Wachtwoord</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>
    <p>
      <button type="submit" name="decision" value="approve">Toestaan</button>
      <button type="submit" name="decision" value="refuse" formnovalidate>Weigeren</button>
    </p>
  </form>
  <p><small>Proefaccount: boekhouder@voorbeeld.nl met wachtwoord voorbeeld</small></p>
</main>
</body>
</html>
""")
_STYLE = """:root { color-scheme: light dark; --page: #eef2f5; --card: #fff; --text: #1c2733; --problem: #a40000; }
@media (prefers-color-scheme: dark) {
  :root { --page: #11161b; --card: #1b232b; --text: #e6ecf1; --problem: #ff9d8f; }
}
body { margin: 0; padding: 1rem; font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; background: var(--page);
  color: var(--text); }
main { max-width: 28rem; margin: 1rem auto; padding: .5rem 1.5rem 1rem; background: var(--card); border-radius: .5rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1rem; }
code { opacity: .75; overflow-wrap: anywhere; }
label { display: block; margin-top: .75rem; }
input { width: 100%; padding: .5rem; box-sizing: border-box; font: inherit; }
button { padding: .5rem 1.25rem; font: inherit; }
.problem { color: var(--problem); }
"""
# no form-action: browsers apply it to the redirect after the form as well
_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"


def consent(parameters: dict[str, str], scopes: list[str], problem: str = "") -> Response:
    """Ask who the user is and whether the application may come in; ``parameters`` come back with the form."""
    html = _PAGE.render(parameters=parameters, scopes=scopes, problem=problem, does=_DOES)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(html, 401 if problem else 200, headers, "text/html; charset=utf-8")


def stylesheet() -> Response:
    return Response(_STYLE, media_type="text/css; charset=utf-8")

"""The PDFs of a work order and of a filled-in survey: one small page, written by hand (contract 5 and 6)."""

from typing import Any

from sandbox.simple_simon.errors import not_found
from sandbox.simple_simon.store import SimonAccount

PRESENTED = ("WorkOrder", "WorkOrderSurvey")


def presentation(account: SimonAccount, entity: str, id: int) -> bytes:
    """Return the PDF of a work order or survey. Raises SimonError when there is none."""
    row = account.get(entity, id)
    if row is None:
        raise not_found(f"There is no {entity} {id}")
    values = account.values(entity, row)
    return pdf(_order_lines(account, values) if entity == "WorkOrder" else _survey_lines(account, values))


def _order_lines(account: SimonAccount, order: dict[str, Any]) -> list[str]:
    location = account.values("Location", account.tables["Location"].rows[order["LocationId"]])
    lines = [f"Werkbon {order['Number']}", f"{location['Name']}, {location['Street'] or ''} {location['City'] or ''}"]
    lines += [f"Omschrijving: {order['Description'] or ''}", f"Uitgevoerd: {order['WorkPerformed'] or ''}"]
    for row in account.find("UsedItem", "WorkOrderId", order["Id"]):
        used = account.values("UsedItem", row)
        lines.append(f"{used['Quantity']} {used['Unit'] or ''} {used['ItemCode'] or ''} {used['Description'] or ''}")
    for row in account.find("TimeSheet", "WorkOrderId", order["Id"]):
        sheet = account.values("TimeSheet", row)
        lines.append(f"{sheet['TimeType']}: {sheet['Minutes']} min")
    return lines


def _survey_lines(account: SimonAccount, survey: dict[str, Any]) -> list[str]:
    order = account.values("WorkOrder", account.tables["WorkOrder"].rows[survey["WorkOrderId"]])
    done = "ingevuld" if survey["Completed"] else "niet ingevuld"
    return [f"Formulier {survey['SurveyName']}", f"Werkbon {order['Number']}", done]


def pdf(lines: list[str]) -> bytes:
    """Write a valid PDF 1.4 of one A4 page with these lines, as far as they fit."""
    shown = "".join(f"({_escaped(line[:110])}) Tj T* " for line in lines[:50])
    content = f"BT /F1 10 Tf 15 TL 50 790 Td {shown}ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + table + tail


def _escaped(text: str) -> str:
    text = " ".join(text.split())
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")

"""A small PDF of a document: one page of plain text, written by hand."""

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.lines import totals
from sandbox.rompslomp.rows import RompslompDocument
from sandbox.rompslomp.values import dec

_LINES_ON_PAGE = 48


def document_pdf(call: RompslompCall, title: str, document: RompslompDocument) -> bytes:
    net, vat = totals(call, document.lines)
    contact = document.cached_contact or {}
    texts = [
        str(call.company.details.get("name") or ""),
        f"{title} {document.invoice_number or ''}",
        f"Datum: {document.date}",
        f"Aan: {contact.get('name') or ''}",
        "",
        *(f"{dec(line.quantity)} x {line.description or ''}: EUR {dec(line.net)}" for line in document.lines),
        "",
        f"Exclusief btw EUR {dec(net)}   Btw EUR {dec(vat)}   Totaal EUR {dec(net + vat)}",
    ]
    return page(texts[:_LINES_ON_PAGE])


def page(texts: list[str]) -> bytes:
    """Write a PDF file with these texts below each other."""
    shown = b"".join(b"(%b) Tj T*\n" % _escaped(text) for text in texts)
    content = b"BT /F1 10 Tf 14 TL 56 786 Td\n%bET" % shown
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )


def _escaped(text: str) -> bytes:
    plain = text.encode("cp1252", "replace").replace(b"\r", b" ").replace(b"\n", b" ")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")

"""Files with a document: uploaded as base64, downloaded as they were (contract 9.5)."""

import base64
import binascii
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from sandbox.rompslomp.call import RompslompCall
from sandbox.rompslomp.errors import invalid, invalid_value, not_found
from sandbox.rompslomp.rows import Attachment, Invoice, RompslompDocument
from sandbox.rompslomp.shape import BodyShape
from sandbox.rompslomp.state import Company
from sandbox.rompslomp.values import blank, text

_CONTENT_TYPE = "application/octet-stream"
ATTACHMENT_SHAPE = BodyShape(
    {"attachment": text, "attachment_file_name": text},
    frozenset({"id", "attachment_content_type", "attachment_file_size"}),
)


def render_attachment(company: Company, document: RompslompDocument, attachment: Attachment) -> dict[str, Any]:
    kind = "sales_invoices" if isinstance(document, Invoice) else "expenses"
    return {
        "id": attachment.id,
        "attachment": f"/api/v1/companies/{company.id}/{kind}/{document.id}/attachments/{attachment.id}",
        "attachment_file_name": attachment.file_name,
        "attachment_content_type": _CONTENT_TYPE,
        "attachment_file_size": len(attachment.content),
    }


def upload(call: RompslompCall, document: RompslompDocument, payload: dict[str, Any]) -> dict[str, Any]:
    missing = [label for key, label in _LABELS.items() if blank(payload.get(key))]
    if missing:
        raise invalid("Bijlage", [f"{label} moet opgegeven zijn" for label in missing])
    try:
        content = base64.b64decode("".join(payload["attachment"].split()), validate=True)
    except (binascii.Error, ValueError):
        raise invalid_value("attachment") from None
    attachment = Attachment(call.new_id(), payload["attachment_file_name"], content)
    document.attachments.append(attachment)
    return render_attachment(call.company, document, attachment)


def find(document: RompslompDocument, attachment_id: int | None) -> Attachment:
    for attachment in document.attachments:
        if attachment.id == attachment_id:
            return attachment
    raise not_found("Bijlage")


def download(attachment: Attachment) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(attachment.file_name)}"
    return Response(attachment.content, media_type=_CONTENT_TYPE, headers={"Content-Disposition": disposition})


_LABELS = {"attachment": "Bestand", "attachment_file_name": "Bestandsnaam"}

"""Our own files for the pages. Nothing comes from another host."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import FileResponse

from plugins.koppel.security import Right, requires
from plugins.koppel.templating import STATIC

router = APIRouter()
FileName = Annotated[str, Path(pattern=r"^[a-z0-9.-]{1,60}$")]


@router.get("/static/{name}", dependencies=[requires(Right.signed_in)])
def send_file(name: FileName) -> FileResponse:
    """Send one of the files."""
    if name not in {file.name for file in STATIC.iterdir()}:
        raise HTTPException(404, "no such file")
    return FileResponse(STATIC / name, headers={"cache-control": "private, max-age=86400"})

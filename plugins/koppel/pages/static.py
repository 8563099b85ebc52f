"""Our own files. Nothing comes from another host."""

from typing import Annotated

from fastapi import HTTPException, Path
from fastapi.responses import FileResponse

from plugins.koppel.templating import STATIC

Name = Annotated[str, Path(pattern=r"^[a-z0-9.-]{1,60}$")]


def show(name: Name) -> FileResponse:
    if name not in {file.name for file in STATIC.iterdir()}:
        raise HTTPException(404, "no such file")
    return FileResponse(STATIC / name, headers={"cache-control": "private, max-age=86400"})

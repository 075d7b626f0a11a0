"""The built frontend: files by their name, index.html for its pages."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from quantdesk.api.security import guarded

_IMMUTABLE = "public, max-age=31536000, immutable"
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_NOT_BUILT = "The pages are not built. Run `make up`, or `npm --prefix frontend run build`, and reload.\n"


def frontend_folder() -> Path:
    """Give where the built frontend lies: in the installed package, or beside it in a checkout."""
    here = Path(__file__).resolve()
    packaged = here.parents[1] / "pages"
    return packaged if packaged.is_dir() else here.parents[3] / "frontend" / "dist"


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    media_type: str
    encoded: tuple[tuple[str, Path], ...]
    """Compressed twins: name of the encoding and file."""


class Pages:
    """Answers what no route does. The files are listed once a build, so that no request names a path on the disk."""

    def __init__(self, folder: Path, not_found: ASGIApp) -> None:
        self._folder = folder
        self._not_found = not_found
        self._files: dict[str, _File] = {}
        self._built: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or guarded(scope["path"]):
            await self._not_found(scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await self._answer(scope["path"], Headers(scope=scope))(scope, receive, send)

    def _answer(self, path: str, headers: Headers) -> Response:
        self._list_again_after_a_build()
        file = self._files.get(path)
        if file is None:
            if path.startswith("/assets/"):
                raise HTTPException(404)
            file = self._files.get("/index.html")
            if file is None:
                return PlainTextResponse(_NOT_BUILT, 503)
        try:
            return _send(file, headers, immutable=path.startswith("/assets/"))
        except FileNotFoundError:  # a build is replacing the files
            raise HTTPException(404) from None

    def _list_again_after_a_build(self) -> None:
        try:
            built = (self._folder / "index.html").stat().st_mtime_ns
        except FileNotFoundError:
            self._files, self._built = {}, None
            return
        if built != self._built:
            self._files, self._built = _list(self._folder), built


def _list(folder: Path) -> dict[str, _File]:
    found = {"/" + path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    files = {}
    for name, path in found.items():
        if name.endswith((".br", ".gz", ".map")) or "/." in name:
            continue
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if media_type.endswith("/javascript"):
            media_type = "text/javascript"
        encoded = tuple((encoding, found[name + end]) for encoding, end in _ENCODINGS if name + end in found)
        files[name] = _File(path, media_type, encoded)
    return files


def _send(file: _File, headers: Headers, *, immutable: bool) -> Response:
    accepted = {part.partition(";")[0].strip() for part in headers.get("accept-encoding", "").split(",")}
    encoding, path = next(((name, twin) for name, twin in file.encoded if name in accepted), (None, file.path))
    stat = os.stat(path)
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    answered = {"ETag": etag, "Cache-Control": _IMMUTABLE if immutable else "no-cache"}
    if file.encoded:
        answered["Vary"] = "Accept-Encoding"
    if encoding is not None:
        answered["Content-Encoding"] = encoding
    # The gzip middleware weakens nothing here: a tag it passed on may come back with W/.
    if etag in (tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=answered)
    return FileResponse(path, headers=answered, media_type=file.media_type, stat_result=stat)

"""The code of versions, sealed: what the DocumentStore holds is text that only the owner's data key opens."""

from __future__ import annotations

import json

from quantdesk.core.strategies.project import CodeFile, Project, sha256_of
from quantdesk.features.strategies.tables import StrategyVersionRow
from quantdesk.kit import crypto
from quantdesk.kit.context import Context
from quantdesk.kit.uow import UnitOfWork
from quantdesk.ports.document_store import Document
from quantdesk.ports.errors import NotFound

CODE = "strategy_code"
"""Collection of the DocumentStore; a version's code under the version's id."""


_SEVERAL = b"\xff"
"""What is sealed begins with it where there is more than the main file: no UTF-8 text does."""


def packed(project: Project) -> bytes:
    """Give what is sealed: the main file's text as it is, or all files as JSON."""
    if not project.files:
        return project.code.encode()
    files = [[file.path, file.text] for file in project.files]
    return _SEVERAL + json.dumps({"code": project.code, "files": files}, ensure_ascii=False).encode()


def unpacked(data: bytes) -> Project:
    """Give the files that `packed` has packed."""
    if not data.startswith(_SEVERAL):
        return Project(data.decode())
    held = json.loads(data[len(_SEVERAL) :])
    return Project(held["code"], tuple(CodeFile(path=path, text=text) for path, text in held["files"]))


async def write(uow: UnitOfWork, context: Context, owner_id: str, row: StrategyVersionRow, project: Project) -> None:
    """Store a version's files, bound to owner, strategy and version; set the row's data key."""
    text = await crypto.seal(uow, context, owner_id, packed(project), *_about(row))
    # The code first: when the transaction fails it leaves a document that nothing names, never a version without code.
    await context.documents.put(CODE, row.id, {"sealed": text})
    row.data_key_id = crypto.key_of(text)


async def read(uow: UnitOfWork, context: Context, owner_id: str, row: StrategyVersionRow) -> Project:
    """Give a version's files. Raise crypto.Tampered, KeyUnavailable."""
    try:
        document = await context.documents.get(CODE, row.id)
    except NotFound:
        raise _lost(row, "is missing from the document store") from None
    return await opened(uow, context, owner_id, row, document)


async def opened(
    uow: UnitOfWork, context: Context, owner_id: str, row: StrategyVersionRow, document: Document
) -> Project:  # fmt: skip
    """Give the files that a version's document holds. Raise crypto.Tampered, KeyUnavailable."""
    text = document.get("sealed")
    if isinstance(text, str):
        return unpacked(await crypto.unseal(uow, context, owner_id, text, *_about(row)))
    code = document.get("code")
    # Plain text counts only for a version that was never sealed, and only if it is what was saved.
    if isinstance(code, str) and row.data_key_id is None and sha256_of(code) == row.sha256:
        return Project(code)
    raise _lost(row, "was replaced outside of QuantDesk")


def _about(row: StrategyVersionRow) -> tuple[str, str, int]:
    return "strategy_code", row.strategy_id, row.number


def _lost(row: StrategyVersionRow, what: str) -> crypto.Tampered:
    return crypto.Tampered(
        f"the code of version {row.number} {what}. Bring the documents back from a backup, and find out who can write "
        "to them; the other versions are not touched by this",
        about=list(map(str, _about(row))),
    )

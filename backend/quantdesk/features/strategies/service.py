"""Strategies and their versions. A version is never changed; a save makes a new one."""

from __future__ import annotations

import ast
import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from quantdesk.core.backtest.code_errors import StrategyError, describe
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.strategies.catalog import template, templates
from quantdesk.core.strategies.parameters import read_outline
from quantdesk.core.strategies.project import CodeFile, FilesError, Project, project_of
from quantdesk.features.strategies import coding, drafts, repository
from quantdesk.features.strategies.encrypting import seal_plain as seal_plain
from quantdesk.features.strategies.errors import (
    CodeAndTemplate,
    FilesRefused,
    NothingToUpdate,
    StrategyNotFound,
    TemplateNotFound,
    VersionConflict,
    VersionNotFound,
)
from quantdesk.features.strategies.purging import purge as purge
from quantdesk.features.strategies.schemas import (
    CodeInspection,
    LastBacktest,
    Strategy,
    StrategyCreate,
    StrategyDetail,
    StrategyUpdate,
    Template,
    TemplateList,
    Version,
    VersionCreate,
    VersionDetail,
    VersionUpdate,
)
from quantdesk.features.strategies.tables import StrategyRow, StrategyVersionRow
from quantdesk.kit import clock, trash
from quantdesk.kit.context import Context
from quantdesk.kit.errors import Invalid
from quantdesk.kit.ids import new_id
from quantdesk.kit.pagination import Page, decode_cursor, encode_cursor
from quantdesk.kit.principal import Principal
from quantdesk.kit.uow import UnitOfWork
from quantdesk.sandbox import offered

AfterSave = Callable[[UnitOfWork, Context, Principal, str, int], Awaitable[None]]
"""Told of a strategy's id and its new version's number."""

after_save: list[AfterSave] = []
"""What slices above do in the transaction that saves a new version; filled where the app is put together."""

SKELETON = """import backtrader as bt


class MyStrategy(bt.Strategy):
    params = (
        ("period", 20),  # 均线周期（天） [2, 250]
    )

    def __init__(self):
        self.average = bt.indicators.SMA(self.data.close, period=self.p.period)

    def next(self):
        if self.data.close[0] > self.average[0] and not self.position:
            self.order_target_percent(target=0.95)
        elif self.data.close[0] < self.average[0] and self.position:
            self.close()
"""


async def list_strategies(
    uow: UnitOfWork, owner_id: str, *, query: str, deleted: bool, cursor: str | None, limit: int
) -> Page[Strategy]:
    """Give one's strategies, last changed first; with `deleted` those in the trash."""
    before = None
    if cursor:
        changed, id = decode_cursor(cursor, str, str)
        before = (instant(cast(str, changed)), cast(str, id))
    rows = await repository.page(uow.session, owner_id, query.strip(), deleted, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=[_strategy(row) for row in rows[:limit]],
        next_cursor=encode_cursor(last.updated_at.isoformat(), last.id) if last else None,
    )


async def create(uow: UnitOfWork, context: Context, principal: Principal, body: StrategyCreate) -> str:
    """Make a strategy with its first version; give its id.

    Raise CodeAndTemplate, TemplateNotFound, FilesRefused.
    """
    if body.code is not None and body.template is not None:
        raise CodeAndTemplate(field="template")
    code = SKELETON if body.code is None else body.code
    if body.template is not None:
        try:
            code = template(body.template).source
        except KeyError as error:
            raise TemplateNotFound(str(error.args[0]), field="template") from None
    project = await checked_project(code, body.files)
    now = clock.utcnow()
    row = StrategyRow(
        id=new_id(),
        owner_id=principal.user_id,
        name=body.name.strip(),
        description=body.description,
        version=0,
        created_at=now,
        updated_at=now,
    )
    uow.session.add(row)
    await uow.session.flush()
    await _add_version(uow, context, principal, row, project, "")
    return row.id


async def get_detail(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str) -> StrategyDetail:
    """Give a strategy with its newest code. Raise StrategyNotFound."""
    row = await _get(uow, strategy_id, owner_id)
    newest = await get_version(uow, context, strategy_id, owner_id, row.version)
    return StrategyDetail(
        **_strategy(row).model_dump(), code=newest.code, files=newest.files, inspection=newest.inspection
    )


async def get(uow: UnitOfWork, strategy_id: str, owner_id: str) -> Strategy:
    """Give a strategy without its code. Raise StrategyNotFound."""
    return _strategy(await _get(uow, strategy_id, owner_id))


async def names(uow: UnitOfWork, ids: list[str]) -> dict[str, str]:
    """Give the strategies' names by id, deleted ones too."""
    return await repository.names(uow.session, ids)


async def kept(uow: UnitOfWork, ids: list[str]) -> set[str]:
    """Give those of the strategies that are there, in the trash too; the others are gone for good."""
    return await repository.kept(uow.session, ids)


async def note_backtest(uow: UnitOfWork, strategy_id: str, backtest: LastBacktest) -> None:
    """Remember a backtest that has a report now, unless a newer one is remembered."""
    row = await uow.session.get(StrategyRow, strategy_id, with_for_update=True)  # two may finish at once
    if row is not None and (row.last_backtest is None or row.last_backtest["id"] <= backtest.id):
        row.last_backtest = backtest.model_dump(mode="json")


async def update(uow: UnitOfWork, principal: Principal, strategy_id: str, body: StrategyUpdate) -> Strategy:
    """Change name or description. Raise StrategyNotFound, NothingToUpdate."""
    if body.name is None and body.description is None:
        raise NothingToUpdate("give `name` or `description`")
    row = await _get(uow, strategy_id, principal.user_id)
    row.name = body.name.strip() if body.name is not None else row.name
    row.description = body.description if body.description is not None else row.description
    row.updated_at = clock.utcnow()
    return _strategy(row)


async def delete(uow: UnitOfWork, principal: Principal, strategy_id: str) -> None:
    """Move it to the trash; its backtests stay. Raise StrategyNotFound."""
    row = await _get(uow, strategy_id, principal.user_id)
    trash.put(uow, principal, "strategy", row)


async def restore(uow: UnitOfWork, principal: Principal, strategy_id: str) -> Strategy:
    """Bring it back from the trash. Raise StrategyNotFound."""
    row = await _get(uow, strategy_id, principal.user_id)
    trash.take_back(uow, principal, "strategy", row)
    return _strategy(row)


async def list_versions(
    uow: UnitOfWork,
    strategy_id: str,
    owner_id: str,
    *,
    query: str = "",
    labelled: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Version]:
    """Give versions, newest first; `query` looks in message, label, author and number. Raise StrategyNotFound."""
    await _get(uow, strategy_id, owner_id)
    before = cast(int, decode_cursor(cursor, int)[0]) if cursor else None
    if before is not None and not 0 <= before < 2**31:
        raise Invalid("cursor is not valid; start again without it", field="cursor")
    rows = await repository.versions(
        uow.session, strategy_id, query=query.strip(), labelled=labelled, before=before, limit=limit + 1
    )
    more = len(rows) > limit
    return Page(
        items=[_version(row) for row in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1].number) if more else None,
    )


async def get_version(uow: UnitOfWork, context: Context, strategy_id: str, owner_id: str, number: int) -> VersionDetail:
    """Give a version with its code. Raise StrategyNotFound, VersionNotFound, Tampered."""
    await _get(uow, strategy_id, owner_id)
    row = await _get_version(uow, strategy_id, number)
    project = await coding.read(uow, context, owner_id, row)
    return VersionDetail(
        **_version(row).model_dump(),
        code=project.code,
        files=list(project.files),
        inspection=await asyncio.to_thread(inspect, project.code, project.files),
    )


async def label(
    uow: UnitOfWork, principal: Principal, strategy_id: str, number: int, body: VersionUpdate
) -> Version:  # fmt: skip
    """Name a version, or take its name away. Raise StrategyNotFound, VersionNotFound."""
    await _get(uow, strategy_id, principal.user_id)
    row = await _get_version(uow, strategy_id, number)
    row.label = body.label.strip() if body.label is not None else None
    return _version(row)


async def save(
    uow: UnitOfWork, context: Context, principal: Principal, strategy_id: str, body: VersionCreate
) -> tuple[VersionDetail, bool]:
    """Save the code as a new version; give it, and whether it is new (not when all files are the newest's already).

    Raise StrategyNotFound, FilesRefused, VersionConflict when `base_version` is no longer the newest.
    """
    row = await _get(uow, strategy_id, principal.user_id, for_update=True)
    newest = await get_version(uow, context, strategy_id, principal.user_id, row.version)
    project = await checked_project(body.code, body.files)
    if newest.sha256 == project.sha256:
        await drafts.drop(uow, context, row.id)
        return newest, False
    if body.base_version != row.version:
        raise VersionConflict(
            f"version {row.version} was saved since you opened version {body.base_version}; "
            "compare the two, then save on top of the newest",
            field="base_version",
            newest_version=row.version,
        )
    await _add_version(uow, context, principal, row, project, body.message)
    await drafts.drop(uow, context, row.id)
    for act in after_save:
        await act(uow, context, principal, row.id, row.version)
    return await get_version(uow, context, strategy_id, principal.user_id, row.version), True


def inspect(code: str, files: Sequence[CodeFile] = ()) -> CodeInspection:
    """Read a source's strategy classes and parameters, and the syntax errors of all files, without running them."""
    others = [error for file in files if (error := _syntax_error(file, files)) is not None]
    try:
        outline = read_outline(code)
    except StrategyError as error:
        return CodeInspection(class_name=None, classes=[], parameters=[], errors=[error.error, *others])
    return CodeInspection(
        class_name=outline.selected,
        classes=[cls.name for cls in outline.classes],
        parameters=outline.parameters_of(),
        errors=others,
    )


def _syntax_error(file: CodeFile, files: Sequence[CodeFile]) -> CodeError | None:
    if not file.path.endswith(".py"):
        return None
    try:
        ast.parse(file.text, file.path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return describe(error, "", files).model_copy(update={"file": file.path})
    return None


async def checked_project(code: str, files: Sequence[CodeFile]) -> Project:
    """Give a main file and those beside it, checked. Raise FilesRefused."""
    if not files:
        return Project(code)
    taken = await asyncio.to_thread(offered.installed)
    try:
        return project_of(code, files, taken)
    except FilesError as error:
        raise FilesRefused(str(error), field="files", path=error.path, reason=error.reason) from None


def list_templates() -> TemplateList:
    """Give the strategies to start from."""
    return TemplateList(
        items=[
            Template(
                id=item.id,
                name_zh=item.name_zh,
                name_en=item.name_en,
                description_zh=item.about_zh,
                description_en=item.about_en,
                category=item.category,
                backtrader=item.id.startswith("backtrader_"),
                teaches_zh=item.teaches_zh,
                teaches_en=item.teaches_en,
                risk_zh=item.risk_zh,
                risk_en=item.risk_en,
                parameters=item.parameters,
                result=item.result,
                code=item.source,
            )
            for item in templates()
        ]
    )


async def _get(uow: UnitOfWork, strategy_id: str, owner_id: str, *, for_update: bool = False) -> StrategyRow:
    row = await repository.get(uow.session, strategy_id, owner_id, for_update=for_update)
    if row is None:
        raise StrategyNotFound(f"there is no strategy {strategy_id}")
    return row


async def _get_version(uow: UnitOfWork, strategy_id: str, number: int) -> StrategyVersionRow:
    row = await repository.version(uow.session, strategy_id, number)
    if row is None:
        raise VersionNotFound(f"the strategy has no version {number}", field="number")
    return row


async def _add_version(
    uow: UnitOfWork, context: Context, principal: Principal, row: StrategyRow, project: Project, message: str
) -> None:
    now = clock.utcnow()
    version = StrategyVersionRow(
        id=new_id(),
        strategy_id=row.id,
        number=row.version + 1,
        message=message,
        sha256=project.sha256,
        lines=project.lines,
        author=principal.username,
        created_at=now,
    )
    await coding.write(uow, context, row.owner_id, version, project)
    uow.session.add(version)
    row.version, row.updated_at = version.number, now
    await uow.session.flush()


def instant(text: str) -> dt.datetime:
    """Read a time out of a cursor. Raise Invalid."""
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise Invalid("cursor is not valid; start again without it", field="cursor") from None


def _strategy(row: StrategyRow) -> Strategy:
    return Strategy(
        id=row.id,
        name=row.name,
        description=row.description,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        last_backtest=LastBacktest.model_validate(row.last_backtest) if row.last_backtest else None,
    )


def _version(row: StrategyVersionRow) -> Version:
    return Version(
        number=row.number,
        message=row.message,
        label=row.label,
        sha256=row.sha256,
        lines=row.lines,
        author=row.author,
        created_at=row.created_at,
    )

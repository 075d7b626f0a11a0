"""The pages of docs/reference, made from the code they describe."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import click
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

import quantdesk.features
import quantdesk.settings
from quantdesk.cli.main import main as cli
from quantdesk.core.rules.book import rulebook
from quantdesk.core.rules.rows import Row
from quantdesk.kit import errors
from quantdesk.settings import Settings

NOTE = "<!-- Made by `make gen` from the code; do not edit. -->\n\n"
SETTINGS = Settings.__module__
WIDE: dict[str, Any] = {"terminal_width": 100, "max_content_width": 100}


def pages(document: dict[str, Any]) -> dict[str, str]:
    """Give each page's Markdown by file name."""
    return {
        "api.md": NOTE + api_page(document),
        "errors.md": NOTE + errors_page(),
        "settings.md": NOTE + settings_page(),
        "cli.md": NOTE + cli_page(),
        "rules.md": NOTE + rules_page(),
    }


def api_page(document: dict[str, Any]) -> str:
    by_tag: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = ", ".join(sorted(operation["responses"]))
            said = first_line(operation.get("description")) or f"{operation['summary']}."
            row = f"| `{method.upper()} {path}` | {cell(said)} | {answers} |"
            by_tag.setdefault((operation.get("tags") or ["other"])[0], []).append(row)
    text = (
        "# REST routes\n\n"
        "The whole contract, with every schema, is the OpenAPI document that the server gives at "
        "`/api/v1/openapi.json` (in the repository: `frontend/openapi.json`). Errors are "
        "[`application/problem+json`](errors.md).\n"
    )
    for tag in sorted(by_tag):
        text += (
            f"\n## {tag}\n\n| route | what it does | answers |\n| --- | --- | --- |\n" + "\n".join(by_tag[tag]) + "\n"
        )
    return text


def rules_page() -> str:
    """Give the rulebook's rows, table by table."""
    book = rulebook()
    text = (
        "# Rulebook\n\nThe rows of the [trading rules](../concepts/rules.md). Rates are fractions; a question mark "
        "stands before what is uncertain.\n"
    )
    for name, table in book.tables.dated:
        text += f"\n## {name}\n\n| rule | since | until | what | source |\n| --- | --- | --- | --- | --- |\n"
        for row in table:
            source = book.source(row)
            said = f"? {row.note.en}. " if row.uncertain and row.note else f"{row.note.en}. " if row.note else ""
            dated = f", {source.date}" if source.date else ""
            text += (
                f"| `{row.id}` | {row.since} | {row.until or ''} | {cell(rule_values(row))} "
                f"| {cell(said + source.en + dated)} |\n"
            )
    return text


def rule_values(row: Row) -> str:
    """Write what a row says beyond its dates and source."""
    values = row.model_dump(mode="json", exclude_none=True, exclude=set(Row.model_fields))
    return "; ".join(f"{name} {_plain(value)}" for name, value in values.items())


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values())
    return str(value)


def error_classes() -> list[type[errors.AppError]]:
    """Give every error class of kit and the slices, each code once, by status and code."""
    for module in pkgutil.walk_packages(quantdesk.features.__path__, "quantdesk.features."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    found: dict[str, type[errors.AppError]] = {}
    waiting: list[type[errors.AppError]] = [errors.AppError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "code" in vars(kind) and kind.__module__.startswith("quantdesk."):
            found[kind.code] = kind
    return sorted(found.values(), key=lambda kind: (kind.status, kind.code))


def errors_page() -> str:
    text = (
        "# Error codes\n\n"
        "Every error answers `application/problem+json` (RFC 9457) with `status`, a stable `code`, a `detail` for a "
        "person, the `field` at fault where there is one, and the `request_id` that finds it in the log. Switch on "
        "`code`, never on the words.\n\n| status | code | meaning |\n| --- | --- | --- |\n"
    )
    return text + "".join(f"| {kind.status} | `{kind.code}` | {cell(kind.title)} |\n" for kind in error_classes())


def docstrings(kind: type[BaseModel]) -> dict[str, str]:
    """Give the string that follows each field in the class's source."""
    (body,) = (n for n in ast.walk(ast.parse(inspect.getsource(kind).lstrip())) if isinstance(n, ast.ClassDef))
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[field.target.id] = inspect.cleandoc(after.value.value)
    return found


def settings_rows(kind: type[BaseModel], prefix: str) -> Iterator[str]:
    classes = [base for base in reversed(kind.__mro__) if issubclass(base, BaseModel) and base.__module__ == SETTINGS]
    said = {name: text for base in classes for name, text in docstrings(base).items()}
    for name, field in kind.model_fields.items():
        variable = f"{prefix}{name}".upper()
        if members := kinds(field):
            yield from union_rows(members, f"{variable}__")
        else:
            yield f"| `{variable}` | {default(variable, field)} | {cell(said.get(name, allowed(field)))} |"


def kinds(field: FieldInfo) -> list[type[BaseModel]]:
    """Give the models of a field's type, those of a union one by one."""
    union = get_origin(field.annotation) in (Union, UnionType)
    found = [get_args(one)[0] if get_origin(one) is Annotated else one for one in get_args(field.annotation)]
    return [
        one for one in (found if union else [field.annotation]) if isinstance(one, type) and issubclass(one, BaseModel)
    ]


def union_rows(members: list[type[BaseModel]], prefix: str) -> Iterator[str]:
    """Give the settings of the first kind, and of the others what they add, each with the kind that it belongs to."""
    shown = list(settings_rows(members[0], prefix))
    yield from shown
    for member in members[1:]:
        chosen = f"`{get_args(member.model_fields['kind'].annotation)[0]}`"
        own = [row for row in settings_rows(member, prefix) if row not in shown]
        own.sort(key=lambda row: f"`{prefix}KIND`" not in row)
        for row in own:
            variable, default, meaning = row.strip("| ").split(" | ", 2)
            if variable == f"`{prefix}KIND`":
                yield f"| {variable} | {chosen} | {meaning} |"
            else:
                yield f"| {variable} | {default} | With {chosen}: {meaning} |"


def default(variable: str, field: FieldInfo) -> str:
    if variable == "QD_HOME":
        return "`~/.quantdesk`"
    value = field.get_default(call_default_factory=True, validated_data={})
    return (
        "–"
        if value in (None, PydanticUndefined) or isinstance(value, SecretStr)
        else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    )


def allowed(field: FieldInfo) -> str:
    """Say the values of a Literal; nothing for other types."""
    choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
    return "one of " + ", ".join(f"`{choice}`" for choice in choices) if len(choices) > 1 else ""


def settings_page() -> str:
    text = (
        "# Settings\n\n"
        "Set them in the environment or, one `NAME=value` a line, in `quantdesk.env` in `QD_HOME`; the environment "
        "wins. `quantdesk doctor` prints what is in force and whether it works.\n\n"
        "| variable | default | meaning |\n| --- | --- | --- |\n"
    )
    return text + "\n".join(settings_rows(Settings, "QD_")) + "\n"


def cli_page() -> str:
    text = "# The `quantdesk` command\n\n`make up` puts it at `.venv/bin/quantdesk`.\n"
    for context in contexts(click.Context(cli, info_name="quantdesk", **cli.context_settings, **WIDE)):
        text += f"\n## {context.command_path}\n\n```text\n{context.get_help().rstrip()}\n```\n"
    return text


def contexts(context: click.Context) -> Iterator[click.Context]:
    """Walk the command and its sub-commands, hidden ones left out."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            child = context.command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from contexts(click.Context(child, info_name=name, parent=context, **WIDE))


def first_line(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")


def cell(text: str) -> str:
    """Make text fit for a table's cell."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|")

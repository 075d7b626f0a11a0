"""The user's exceptions in the terms of the user's file."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from types import TracebackType

from quantdesk.core.backtest.hints import hint_for
from quantdesk.core.backtest.result import CodeError
from quantdesk.core.strategies.project import MAIN, CodeFile, Project

STRATEGY_FILE = MAIN
"""File name the user's source is compiled under; frames with it are the user's."""

_MAX_FRAMES = 20
_MAX_MESSAGE = 2_000


class StrategyError(Exception):
    """The user's code cannot be run or has failed. Carries the error as the user should see it."""

    def __init__(self, error: CodeError) -> None:
        super().__init__(f"{error.type}: {error.message}")
        self.error = error


class NoStrategyError(Exception):
    """The file has no class that can be run."""


class ParameterError(ValueError):
    """Overrides do not fit the strategy's parameters."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems
        """What is wrong, by parameter name."""


def describe(error: BaseException, source: str, files: Sequence[CodeFile] = ()) -> CodeError:
    """Describe an exception raised while the user's source was compiled or run.

    The line is the innermost one of the user's files, of which `source` is the main one and `files` are the others; a
    SyntaxError gives its own. Frames of libraries are left out; of very deep recursion only the first and last frames
    stay.
    """
    texts = {path: text.splitlines() for path, text in Project(source, tuple(files)).texts().items()}
    file: str | None = None
    name = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__  # numpy has a subclass
    message = _message(error)
    if isinstance(error, SyntaxError) and (error.filename is None or error.filename in texts):
        file, line = error.filename or MAIN, error.lineno
        frames: list[str] = []
    else:
        found = _user_frames(error.__traceback__, texts)
        file, line = found[-1][:2] if found else (None, None)
        frames = [_frame(*frame, texts) for frame in found]
        if len(frames) > _MAX_FRAMES:
            half = _MAX_FRAMES // 2
            left_out = len(frames) - 2 * half
            frames = [*frames[:half], f"… {left_out} frames …", *frames[-half:]]
    source_line = _text(texts[file], line) if file is not None and line is not None else None
    hint = hint_for(name, message)
    return CodeError(
        type=name,
        message=message,
        line=line,
        file=None if file == MAIN else file,
        source_line=source_line or None,
        traceback=[*frames, f"{name}: {message}" if message else name],
        hint_zh=hint.zh if hint else None,
        hint_en=hint.en if hint else None,
    )


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)
    if isinstance(error, SystemExit):
        return f"the strategy called exit({'' if error.code is None else error.code!r})"
    try:
        text = str(error)
    except Exception:  # a user's own __str__ may fail
        text = "(the exception's text cannot be shown)"
    return text if len(text) <= _MAX_MESSAGE else text[:_MAX_MESSAGE] + " …"


def _user_frames(tb: TracebackType | None, texts: Mapping[str, object]) -> list[tuple[str, int, str]]:
    """Walk the traceback by hand: extract_tb would read source lines of every library frame."""
    found: list[tuple[str, int, str]] = []
    for frame, number in traceback.walk_tb(tb):
        if frame.f_code.co_filename in texts:
            found.append((frame.f_code.co_filename, number, frame.f_code.co_name))
    return found


def _frame(path: str, number: int, function: str, texts: Mapping[str, Sequence[str]]) -> str:
    place = f"line {number}" if path == MAIN else f"{path} line {number}"
    return f"{place}, in {function}: {_text(texts[path], number)}"


def _text(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""

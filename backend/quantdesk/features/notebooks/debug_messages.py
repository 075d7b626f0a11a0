"""What a page and the debugger of a document's kernel say to each other; part of messages.py.

Lines count from 1 within the file that `path` names: `strategy.py` is the document itself, other paths are the
strategy's other files.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.core.backtest.spec import Money, ParamValue
from quantdesk.core.calendar.iso_date import IsoDate
from quantdesk.features.notebooks.message_base import CODE_CHARS, CellId, Message, Number, ToldMessage

MAIN = "strategy.py"
EXPRESSION_CHARS = 2_000
BREAKPOINTS = 500
FILES = 100
PAGE = 1_000
"""The most variables that one answer gives."""

FilePath = Annotated[str, Field(min_length=1, max_length=200)]
Line = Annotated[int, Field(ge=1, le=1_000_000)]
Expression = Annotated[str, Field(min_length=1, max_length=EXPRESSION_CHARS)]
Reference = Annotated[int, Field(ge=0, le=2**53)]


class Breakpoint(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: FilePath = MAIN
    line: Line
    condition: Expression | None = None
    """Stops where this is true, in the frame's own names."""
    hits: Annotated[int, Field(ge=1, le=10**9)] | None = None
    """Stops the n-th time and from then on, not before."""
    log: Annotated[str, Field(min_length=1, max_length=EXPRESSION_CHARS)] | None = None
    """Prints this instead of stopping; what stands in {braces} is evaluated."""


class Breakpoints(Message):
    """Give the whole set of the document's breakpoints; they act in cells and strategies that are debugged."""

    type: Literal["breakpoints"] = "breakpoints"
    breakpoints: Annotated[list[Breakpoint], Field(max_length=BREAKPOINTS)]


class StrategyFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    path: FilePath
    text: str = Field(max_length=CODE_CHARS)


class DebugStrategy(Message):
    """Run a small backtest of the strategy in the kernel, told as a cell is; breakpoints of all its files act."""

    type: Literal["debug_strategy"] = "debug_strategy"
    cell: CellId
    code: str = Field(max_length=CODE_CHARS)
    """Of the document itself."""
    files: Annotated[list[StrategyFile], Field(max_length=FILES, default_factory=list)]
    """The strategy's other files."""
    class_name: Annotated[str, Field(max_length=100)] | None = None
    """None: the file's only strategy, or the last that no other extends."""
    symbols: Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(min_length=1, max_length=50)]
    start: IsoDate
    end: IsoDate
    parameters: Annotated[dict[str, ParamValue], Field(max_length=100, default_factory=dict)]
    initial_cash: Annotated[Money, Field(gt=0)] | None = None
    """Yuan."""


class Step(Message):
    """Go on with what is stopped, pause what runs, or end it."""

    type: Literal["step"] = "step"
    how: Literal["over", "in", "out", "continue", "pause", "stop"]


class Scopes(Message):
    """Ask for the groups of variables of a frame; answered by scope_list."""

    type: Literal["scopes"] = "scopes"
    request: Number
    frame: Reference


class Children(Message):
    """Ask for what a group, or a variable with a reference, holds: `count` of them from `start` on."""

    type: Literal["children"] = "children"
    request: Number
    reference: Reference
    start: Number = 0
    count: Annotated[int, Field(ge=1, le=PAGE)] = 100


class Evaluate(Message):
    """Ask what an expression gives in a frame; answered by evaluated."""

    type: Literal["evaluate"] = "evaluate"
    request: Number
    frame: Reference
    expression: Expression


class SetVariable(Message):
    """Give a variable of a group, or of a value with a reference, what an expression gives; answered by evaluated."""

    type: Literal["set_variable"] = "set_variable"
    request: Number
    reference: Reference
    name: Annotated[str, Field(min_length=1, max_length=500)]
    expression: Expression


class SetBreakpoint(BaseModel):
    path: str
    line: int
    verified: bool
    """The debugger can stop there. Known once something is debugged; until then true."""
    message: str
    """Why not; or what went wrong in its condition."""


class BreakpointsSet(ToldMessage):
    """How the document's breakpoints are."""

    type: Literal["breakpoints_set"] = "breakpoints_set"
    breakpoints: list[SetBreakpoint]


class StackFrame(BaseModel):
    id: int
    name: str
    path: str | None
    """The document's file; None for what is not from there, as the library's own code."""
    line: int


class CurrentBar(BaseModel):
    """The bar that a stopped strategy is called for, in the prices that it sees."""

    symbol: str
    time: str
    """ISO 8601: a date, or a time in Asia/Shanghai."""
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    volume: float | None


class CodeStopped(ToldMessage):
    """The code stands still; frames are the innermost first. A later stop, `continued` or `done` ends it."""

    type: Literal["stopped"] = "stopped"
    cell: CellId
    reason: Literal["breakpoint", "step", "pause", "exception"]
    text: str
    """Of an exception or of a condition that failed; empty else."""
    frames: list[StackFrame]
    bar: CurrentBar | None = None


class CodeContinued(ToldMessage):
    """The code that was stopped goes on; frames and references of the stop are void."""

    type: Literal["continued"] = "continued"
    cell: CellId


class Scope(BaseModel):
    name: str
    """locals, globals …"""
    reference: int


class ScopeList(Message):
    type: Literal["scope_list"] = "scope_list"
    request: Number
    scopes: list[Scope]
    """Empty where nothing is stopped, or the frame is of an earlier stop."""


class DebugVariable(BaseModel):
    name: str
    type: str
    value: str
    """Short."""
    reference: int
    """Of what it holds, for `children`; 0 where it holds nothing."""
    size: int | None
    """How many it holds, where that is known."""


class ChildrenList(Message):
    type: Literal["children_list"] = "children_list"
    request: Number
    variables: list[DebugVariable]


class Evaluated(Message):
    type: Literal["evaluated"] = "evaluated"
    request: Number
    value: str = ""
    kind: str = ""
    """Its type."""
    reference: int = 0
    error: str = ""
    """What the expression raised; empty where it gave a value."""


DebugTold = BreakpointsSet | CodeStopped | CodeContinued
DebugReply = ScopeList | ChildrenList | Evaluated
DebugRequest = Breakpoints | DebugStrategy | Step | Scopes | Children | Evaluate | SetVariable

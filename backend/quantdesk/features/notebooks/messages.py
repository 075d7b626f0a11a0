"""What a page and a kernel say to each other, over the WebSocket of a document; one JSON object a message.

A document is a strategy's file; a cell is whatever part of it was run, named by the page.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, StrictBool, TypeAdapter

from quantdesk.core.strategies.project import MOST_FILES, CodeFile
from quantdesk.features.notebooks.debug_messages import MAIN, DebugReply, DebugRequest, DebugTold, FilePath
from quantdesk.features.notebooks.message_base import CODE_CHARS, CellId, Number
from quantdesk.features.notebooks.message_base import Message as _Message
from quantdesk.features.notebooks.message_base import ToldMessage as _Told

OUTPUT_CHARS = 2_000_000
"""The longest text of one output; the rest is cut off and said."""

State = Literal["none", "starting", "idle", "busy", "dead"]


class Execute(_Message):
    """Run code; its outputs are told under the cell's name, which is used once. Cells run one after another."""

    type: Literal["execute"] = "execute"
    cell: CellId
    code: str = Field(max_length=CODE_CHARS)
    line: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Where the code begins in the document, from 1; 0 where it is not from there."""
    path: FilePath = MAIN
    """The file that `line` is in."""
    debug: StrictBool = False
    """The document's breakpoints act."""


class Interrupt(_Message):
    """Stop the running cell, and leave out those that wait."""

    type: Literal["interrupt"] = "interrupt"


class Start(_Message):
    """Start the kernel, if there is none."""

    type: Literal["start"] = "start"


class Restart(_Message):
    """End the kernel with all its variables and start another one."""

    type: Literal["restart"] = "restart"


class Shutdown(_Message):
    """End the kernel and give its memory back."""

    type: Literal["shutdown"] = "shutdown"


class Complete(_Message):
    """Ask for completions of live objects at a place in the code, in characters."""

    type: Literal["complete"] = "complete"
    request: Number
    code: str = Field(max_length=CODE_CHARS)
    position: Number


class Inspect(_Message):
    """Ask what the name at a place is."""

    type: Literal["inspect"] = "inspect"
    request: Number
    code: str = Field(max_length=CODE_CHARS)
    position: Number


class Variables(_Message):
    """Ask for the variables of the kernel."""

    type: Literal["variables"] = "variables"
    request: Number


class Answer(_Message):
    """Answer what the code asks by input()."""

    type: Literal["answer"] = "answer"
    text: str = Field(max_length=10_000)


class Resume(_Message):
    """Ask for what was told after a number: the first message of a page that comes back."""

    type: Literal["resume"] = "resume"
    after: Number


class ClearOutputs(_Message):
    """Forget the outputs of all cells."""

    type: Literal["clear_outputs"] = "clear_outputs"


class Files(_Message):
    """Set which files cells can import: the document's other files as they stand in the editor. Modules of those
    before are forgotten when one has changed."""

    type: Literal["files"] = "files"
    files: Annotated[list[CodeFile], Field(max_length=MOST_FILES)]


KernelRequest = Annotated[
    Execute
    | Interrupt
    | Start
    | Restart
    | Shutdown
    | Complete
    | Inspect
    | Variables
    | Answer
    | Resume
    | ClearOutputs
    | Files
    | DebugRequest,
    Field(discriminator="type"),
]
REQUEST: TypeAdapter[KernelRequest] = TypeAdapter(KernelRequest)


class Status(_Told):
    """How the kernel is."""

    type: Literal["status"] = "status"
    state: State
    why_zh: str = ""
    """In plain words, why it ended or could not start."""
    why_en: str = ""


class Usage(_Message):
    """What the kernel takes; told every few seconds, not kept."""

    type: Literal["usage"] = "usage"
    memory_mb: float
    memory_limit_mb: int
    disk_mb: float
    disk_limit_mb: int
    idle_s: float
    idle_limit_s: float


class CellQueued(_Told):
    type: Literal["queued"] = "queued"
    cell: CellId
    code: str
    line: int


class CellStarted(_Told):
    """The cell's code begins to run; its former outputs are gone."""

    type: Literal["started"] = "started"
    cell: CellId
    count: int
    """In [count]."""
    code: str
    line: int


class CellStream(_Told):
    """Text that was printed."""

    type: Literal["stream"] = "stream"
    cell: CellId
    name: Literal["stdout", "stderr"]
    text: str


class CellOutput(_Told):
    """A value or display, in one or more forms by their MIME type: text/plain, text/html, image/png, …"""

    type: Literal["output"] = "output"
    cell: CellId
    kind: Literal["result", "display"]
    data: dict[str, Any]
    display: str | None = None
    """A later output of the same display replaces this one."""
    update: StrictBool = False


class Frame(BaseModel):
    """A line of a traceback that is in a cell."""

    count: int
    """The In [count] of that cell."""
    line: int
    """Within the cell, from 1."""


class CellError(_Told):
    """The cell's code raised."""

    type: Literal["error"] = "error"
    cell: CellId
    name: str
    message: str
    traceback: str
    """With ANSI colours."""
    frames: Annotated[list[Frame], Field(default_factory=list)]


class CellCleared(_Told):
    """The cell's outputs are to be cleared, when the next one comes if `wait`."""

    type: Literal["cleared"] = "cleared"
    cell: CellId
    wait: StrictBool


class CellDone(_Told):
    type: Literal["done"] = "done"
    cell: CellId
    status: Literal["ok", "error", "aborted"]
    seconds: float


class Asked(_Told):
    """The code waits for an answer of the person."""

    type: Literal["asked"] = "asked"
    cell: CellId
    prompt: str
    password: StrictBool


class OutputsCleared(_Told):
    type: Literal["outputs_cleared"] = "outputs_cleared"


class Completions(_Message):
    type: Literal["completions"] = "completions"
    request: Number
    start: int
    end: int
    """Of what a completion replaces, in characters."""
    matches: list[str]
    kinds: list[str]
    """Of each match: function, instance, module, class, keyword …, or empty."""


class Inspection(_Message):
    type: Literal["inspection"] = "inspection"
    request: Number
    found: bool
    text: str
    """With ANSI colours."""


class Variable(BaseModel):
    name: str
    type: str
    value: str
    """Short."""
    size: str
    """Shape or length; empty where there is none."""


class VariableList(_Message):
    type: Literal["variable_list"] = "variable_list"
    request: Number
    variables: list[Variable]
    busy: StrictBool = False
    """The kernel is busy: the list was not asked for."""


class Resumed(_Message):
    """All that was told after the number follows; with `reset` begin with empty outputs, for some is no longer kept."""

    type: Literal["resumed"] = "resumed"
    reset: StrictBool
    last: Number


class Refused(_Message):
    """A request could not be done."""

    type: Literal["refused"] = "refused"
    code: str
    message: str


Told = (
    Status
    | CellQueued
    | CellStarted
    | CellStream
    | CellOutput
    | CellError
    | CellCleared
    | CellDone
    | Asked
    | OutputsCleared
    | DebugTold
)
KernelReply = Annotated[
    Told | Usage | Completions | Inspection | VariableList | Resumed | Refused | DebugReply,
    Field(discriminator="type"),
]
REPLY: TypeAdapter[KernelReply] = TypeAdapter(KernelReply)


class KernelRequestModel(RootModel[KernelRequest]):
    """What a page sends."""


class KernelReplyModel(RootModel[KernelReply]):
    """What a page receives."""

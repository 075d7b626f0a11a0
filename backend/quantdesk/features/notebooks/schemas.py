"""What the kernels' routes take and give."""

from __future__ import annotations

from pydantic import BaseModel, Field

from quantdesk.features.notebooks.message_base import CODE_CHARS
from quantdesk.features.notebooks.messages import KernelReply, State, Usage


class Hello(BaseModel):
    """Who comes to the host, and for what; the API has seen to it that the document is theirs."""

    owner: str
    document: str


class KernelItem(BaseModel):
    """A kernel that there is, or was until a moment ago."""

    document: str
    state: State
    usage: Usage | None


class KernelList(BaseModel):
    hosted: bool
    """False while the process that hosts the kernels does not answer."""
    items: list[KernelItem]


class RunCode(BaseModel):
    code: str = Field(max_length=CODE_CHARS)
    timeout_s: float = Field(default=60, gt=0, le=600)
    """The code is interrupted after so long."""


class RunResult(BaseModel):
    """All that the code gave, in order; the last one says how it ended."""

    replies: list[KernelReply]

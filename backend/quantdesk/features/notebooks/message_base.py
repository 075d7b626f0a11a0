"""What all messages of a document's kernel have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

CODE_CHARS = 200_000

CellId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Number = Annotated[int, Field(ge=0, le=2**53)]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ToldMessage(Message):
    """Kept and told again to a page that resumes."""

    number: Number = 0
    """Counts what a document's kernel has told, from 1; 0 in what is not kept."""

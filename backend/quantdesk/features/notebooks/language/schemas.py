"""Questions about a place in a text, and their answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

MOST_CODE = 200_000
MOST_FILES = 500_000
"""Characters of all other files together."""

Kind = Literal["complete", "describe", "hover", "signature", "definition"]
FilePath = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f][^\\\x00-\x1f]*$")]
State = Literal["answered", "superseded", "gave_up"]
"""Superseded: the same person has asked a newer question of the kind. Gave up: no answer was found in two seconds."""


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LanguageFile(_In):
    path: FilePath
    text: Annotated[str, Field(max_length=MOST_FILES)]


class LanguagePlace(_In):
    """A place in a file of a strategy."""

    code: Annotated[str, Field(max_length=MOST_CODE)]
    files: Annotated[list[LanguageFile], Field(max_length=100)] = []
    """The strategy's other files, which it can import."""
    path: FilePath = "strategy.py"
    line: Annotated[StrictInt, Field(ge=1, le=MOST_CODE)]
    """From 1."""
    column: Annotated[StrictInt, Field(ge=0, le=MOST_CODE)]
    """From 0, in characters."""

    @model_validator(mode="after")
    def _not_too_much(self) -> LanguagePlace:
        if sum(len(one.text) for one in self.files) > MOST_FILES:
            raise ValueError(f"the files have more than {MOST_FILES} characters together")
        return self


class LanguageDescribe(LanguagePlace):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """Of an item that completion gave at the same place."""


class LanguageItem(BaseModel):
    name: str
    kind: str
    detail: str


class LanguageCompletions(BaseModel):
    """What may stand from `start` to `end`, columns of the place's line; the likeliest first."""

    state: State
    start: int = 0
    end: int = 0
    items: list[LanguageItem] = []


class LanguageDescription(BaseModel):
    state: State
    detail: str = ""
    """How it is called."""
    text: str = ""
    """Its documentation, as Markdown."""


class LanguageHover(BaseModel):
    state: State
    text: str = ""
    """Markdown; empty where there is nothing to say."""


class LanguageSignature(BaseModel):
    label: str
    parameters: list[str]
    """Parts of the label."""
    text: str


class LanguageSignatures(BaseModel):
    """The ways to go on with the call at the place."""

    state: State
    signatures: list[LanguageSignature] = []
    signature: int = 0
    parameter: int | None = None
    """Which one is being written; None after the last."""


class LanguageExcerpt(BaseModel):
    """Lines of a library's file, for reading."""

    text: str
    first_line: int


class LanguageDefinition(BaseModel):
    path: str | None = None
    """Of the strategy's own file; None in a library."""
    module: str | None = None
    line: int
    column: int
    excerpt: LanguageExcerpt | None = None


class LanguageDefinitions(BaseModel):
    state: State
    places: list[LanguageDefinition] = []

"""Messages of the WebSocket `/api/v1/ws`, both ways."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from quantdesk.features.jobs.events import JobEvent
from quantdesk.features.optimisations.events import TrialsFinished
from quantdesk.features.sources.events import SourceAlert

Topic = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9_.\-]+$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Subscribe(_In):
    type: Literal["subscribe"]
    topics: Annotated[list[Topic], Field(min_length=1, max_length=50)]
    last_event_id: Annotated[str | None, Field(max_length=40)] = None
    """Resume: kept events of these topics after this one come first."""


class Unsubscribe(_In):
    type: Literal["unsubscribe"]
    topics: Annotated[list[Topic], Field(min_length=1, max_length=50)]


class Ping(_In):
    type: Literal["ping"]


ClientMessage = Annotated[Subscribe | Unsubscribe | Ping, Field(discriminator="type")]


Event = Annotated[JobEvent | TrialsFinished | SourceAlert, Field(discriminator="type")]


class EventMessage(BaseModel):
    type: Literal["event"] = "event"
    id: str
    topic: str
    event: Event


class Subscribed(BaseModel):
    type: Literal["subscribed"] = "subscribed"
    topics: list[str]


class Pong(BaseModel):
    type: Literal["pong"] = "pong"


class WsError(BaseModel):
    type: Literal["error"] = "error"
    code: str
    message: str


ServerMessage = Annotated[EventMessage | Subscribed | Pong | WsError, Field(discriminator="type")]


class ClientMessageModel(RootModel[ClientMessage]):
    pass


class ServerMessageModel(RootModel[ServerMessage]):
    pass

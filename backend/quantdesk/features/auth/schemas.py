"""What the auth routes take and give."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from quantdesk.kit.principal import Role, Scope

Username = Annotated[str, Field(min_length=2, max_length=40, pattern=r"^[A-Za-z0-9._\-一-鿿]+$")]
Password = Annotated[str, Field(min_length=1, max_length=256)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AuthState(BaseModel):
    setup_required: bool
    """True until the first user exists."""


class Setup(_In):
    token: Annotated[str, Field(min_length=1, max_length=200)]
    """From the one-time link that `quantdesk up` prints."""
    username: Username
    password: Password


class Login(_In):
    username: Annotated[str, Field(min_length=1, max_length=40)]
    password: Password


class User(BaseModel):
    id: str
    username: str
    role: Role
    disabled: bool
    created_at: dt.datetime
    last_login_at: dt.datetime | None


class Me(User):
    scopes: list[str] | None
    """Of the API key that asks; null for a browser session."""


class TokenGrant(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int
    """Seconds."""
    idle_minutes: int
    """Without a request for so long the session ends; a page that asks by itself must count touches."""
    user: User


class PasswordChange(_In):
    current: Password
    new: Password


class Session(BaseModel):
    id: str
    current: bool
    created_at: dt.datetime
    last_seen_at: dt.datetime
    expires_at: dt.datetime
    ip: str
    user_agent: str


class SessionList(BaseModel):
    items: list[Session]


class WsTicket(BaseModel):
    ticket: str
    expires_in: int


class ApiKeyCreate(_In):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=20)]
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650)] = 90


class ApiKey(BaseModel):
    id: str
    name: str
    prefix: str
    """The key's first characters, to recognise it by."""
    scopes: list[Scope]
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    expires_at: dt.datetime | None


class ApiKeyCreated(ApiKey):
    key: str
    """Shown this once; only its hash is kept."""


class ApiKeyList(BaseModel):
    items: list[ApiKey]


class UserCreate(_In):
    username: Username
    password: Password
    role: Role = "viewer"


class UserUpdate(_In):
    role: Role | None = None
    disabled: bool | None = None
    password: Password | None = None


class UserList(BaseModel):
    items: list[User]


class AuditEntry(BaseModel):
    id: str
    at: dt.datetime
    user_id: str | None
    username: str | None
    action: str
    """Dotted, e.g. auth.login, auth.login_failed, api_key.created, strategy.deleted."""
    target: str | None
    ip: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, str]

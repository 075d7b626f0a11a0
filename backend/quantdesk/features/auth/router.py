"""Routes of sign-in, sessions, API keys and users."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status

from quantdesk.features.auth import schemas
from quantdesk.kit.errors import Conflict, NotFound, TooManyRequests, Unauthenticated
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    Limit,
    ReadUnit,
    WriteUnit,
    problems,
    require,
)
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/auth", tags=["auth"], responses=COMMON_PROBLEMS)
Viewer = Annotated[Principal, Depends(require("viewer"))]
Anyone = Annotated[Principal, Depends(require("viewer", "market:read"))]
Admin = Annotated[Principal, Depends(require("admin"))]


@router.get("/state")
async def auth_state(uow: ReadUnit) -> schemas.AuthState:
    """Say whether the first user must still be set up. Open to all."""
    raise NotImplementedError


@router.post("/setup", status_code=status.HTTP_201_CREATED, responses=problems(Conflict))
async def setup(
    body: schemas.Setup, request: Request, response: Response, uow: WriteUnit, context: ContextDep
) -> schemas.TokenGrant:
    """Make the first user, an admin, with the one-time token; sign in. Open to all, once."""
    raise NotImplementedError


@router.post("/login")
async def login(
    body: schemas.Login, request: Request, response: Response, uow: WriteUnit, context: ContextDep
) -> schemas.TokenGrant:
    """Sign in; sets the refresh cookie. Open to all."""
    raise NotImplementedError


@router.post("/refresh")
async def refresh(request: Request, response: Response, uow: ReadUnit, context: ContextDep) -> schemas.TokenGrant:
    """Rotate the refresh cookie and give a new access token. A cookie used twice ends the session."""
    raise NotImplementedError


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(principal: Viewer, response: Response, uow: WriteUnit, context: ContextDep) -> None:
    """End this session."""
    raise NotImplementedError


@router.get("/me")
async def me(principal: Anyone, uow: ReadUnit) -> schemas.Me:
    raise NotImplementedError


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(
    body: schemas.PasswordChange, principal: Viewer, request: Request, uow: WriteUnit, context: ContextDep
) -> None:
    """Change one's password; ends all other sessions."""
    raise NotImplementedError


@router.get("/sessions")
async def list_sessions(principal: Viewer, context: ContextDep) -> schemas.SessionList:
    raise NotImplementedError


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def revoke_session(session_id: str, principal: Viewer, uow: WriteUnit, context: ContextDep) -> None:
    raise NotImplementedError


@router.post("/ws-ticket", status_code=status.HTTP_201_CREATED)
async def ws_ticket(
    principal: Annotated[Principal, Depends(require("viewer", "jobs:read"))], context: ContextDep
) -> schemas.WsTicket:
    """Give a one-use ticket for `/api/v1/ws?ticket=…`, good for 30 seconds."""
    raise NotImplementedError


@router.get("/api-keys")
async def list_api_keys(principal: Viewer, uow: ReadUnit) -> schemas.ApiKeyList:
    raise NotImplementedError


@router.post("/api-keys", status_code=status.HTTP_201_CREATED)
async def create_api_key(
    body: schemas.ApiKeyCreate, principal: Viewer, request: Request, uow: WriteUnit
) -> schemas.ApiKeyCreated:
    raise NotImplementedError


@router.delete("/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def revoke_api_key(key_id: str, principal: Viewer, request: Request, uow: WriteUnit) -> None:
    raise NotImplementedError


@router.get("/users")
async def list_users(principal: Admin, uow: ReadUnit) -> schemas.UserList:
    raise NotImplementedError


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=problems(Conflict))
async def create_user(body: schemas.UserCreate, principal: Admin, request: Request, uow: WriteUnit) -> schemas.User:
    raise NotImplementedError


@router.patch("/users/{user_id}", responses=problems(NotFound, Conflict))
async def update_user(
    user_id: str,
    body: schemas.UserUpdate,
    principal: Admin,
    request: Request,
    uow: WriteUnit,
    context: ContextDep,
) -> schemas.User:
    """Change role, disable or set a password; ends the user's sessions. The last admin stays one."""
    raise NotImplementedError


@router.get("/audit")
async def list_audit(
    principal: Admin, uow: ReadUnit, cursor: Cursor = None, limit: Limit = 50, action: str | None = None
) -> Page[schemas.AuditEntry]:
    """Sensitive acts, newest first."""
    raise NotImplementedError

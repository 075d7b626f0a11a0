"""Routes of sign-in, sessions, API keys and users."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Path, Query, Response, status

from quantdesk.features.auth import api_keys, errors, schemas, service, tickets, users
from quantdesk.kit.context import Context
from quantdesk.kit.errors import NotFound
from quantdesk.kit.http import (
    COMMON_PROBLEMS,
    ContextDep,
    Cursor,
    Limit,
    ReadUnit,
    WriteUnit,
    problems,
    require,
    signed_in,
)
from quantdesk.kit.pagination import Page
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/auth", tags=["auth"], responses=COMMON_PROBLEMS)
Viewer = Annotated[Principal, Depends(require("viewer"))]
Anyone = Annotated[Principal, Depends(signed_in)]
Admin = Annotated[Principal, Depends(require("admin"))]
Id = Annotated[str, Path(min_length=1, max_length=26)]

COOKIE = "qd_refresh"
_COOKIE_PATH = "/api/v1/auth"
_PASSWORD_PROBLEMS = (errors.PasswordTooShort, errors.PasswordTooCommon)


def _set_cookie(response: Response, context: Context, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=context.settings.auth.refresh_days * 86_400,
        path=_COOKIE_PATH,
        secure=(context.settings.api.public_url or "").startswith("https://"),
        httponly=True,
        samesite="strict",
    )


@router.get("/state")
async def auth_state(uow: ReadUnit) -> schemas.AuthState:
    """Say whether the first user must still be set up. Open to all."""
    return schemas.AuthState(setup_required=await service.setup_required(uow))


@router.post(
    "/setup",
    status_code=status.HTTP_201_CREATED,
    responses=problems(errors.AlreadySetUp, errors.SetupTokenInvalid, *_PASSWORD_PROBLEMS),
)
async def setup(body: schemas.Setup, response: Response, context: ContextDep) -> schemas.TokenGrant:
    """Make the first user, an admin, with the one-time token; sign in. Open to all, once."""
    done = await service.setup(context, body)
    _set_cookie(response, context, done.refresh_token)
    return done.grant


@router.post("/login", responses=problems(errors.LoginFailed, errors.AccountDisabled, errors.LoginBackoff))
async def login(body: schemas.Login, response: Response, context: ContextDep) -> schemas.TokenGrant:
    """Sign in; sets the refresh cookie. Open to all."""
    done = await service.login(context, body)
    _set_cookie(response, context, done.refresh_token)
    return done.grant


@router.post("/refresh", responses=problems(errors.SessionEnded, errors.RefreshReused))
async def refresh(
    response: Response,
    context: ContextDep,
    qd_refresh: Annotated[str | None, Cookie(max_length=200)] = None,
) -> schemas.TokenGrant:
    """Rotate the refresh cookie and give a new access token. A cookie used twice ends the session."""
    done = await service.refresh(context, qd_refresh)
    _set_cookie(response, context, done.refresh_token)
    return done.grant


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
async def logout(principal: Viewer, response: Response, uow: WriteUnit, context: ContextDep) -> None:
    """End this session."""
    await service.logout(context, uow, principal)
    response.delete_cookie(COOKIE, path=_COOKIE_PATH, httponly=True, samesite="strict")


@router.get("/me", responses=problems(NotFound))
async def me(principal: Anyone, uow: ReadUnit) -> schemas.Me:
    """Who is signed in, also with an API key of any scope."""
    return await service.me(uow, principal)


@router.post(
    "/password",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems(errors.PasswordWrong, errors.LoginBackoff, *_PASSWORD_PROBLEMS),
)
async def change_password(body: schemas.PasswordChange, principal: Viewer, context: ContextDep) -> None:
    """Change one's password; ends all other sessions."""
    await service.change_password(context, principal, body)


@router.get("/sessions")
async def list_sessions(principal: Viewer, context: ContextDep) -> schemas.SessionList:
    """One's sessions, last used first."""
    return await service.list_sessions(context, principal)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def revoke_session(session_id: Id, principal: Viewer, uow: WriteUnit, context: ContextDep) -> None:
    """End one of one's sessions."""
    await service.revoke_session(context, uow, principal, session_id)


@router.post("/ws-ticket", status_code=status.HTTP_201_CREATED)
async def ws_ticket(
    principal: Annotated[Principal, Depends(require("viewer", "jobs:read"))], context: ContextDep
) -> schemas.WsTicket:
    """Give a one-use ticket for `/api/v1/ws?ticket=…`, good for 30 seconds."""
    ticket = await tickets.issue(context.redis, principal)
    return schemas.WsTicket(ticket=ticket, expires_in=tickets.LIFETIME)


@router.get("/api-keys")
async def list_api_keys(principal: Viewer, uow: ReadUnit) -> schemas.ApiKeyList:
    """One's API keys, newest first."""
    return await api_keys.list_keys(uow, principal)


@router.post("/api-keys", status_code=status.HTTP_201_CREATED)
async def create_api_key(body: schemas.ApiKeyCreate, principal: Viewer, uow: WriteUnit) -> schemas.ApiKeyCreated:
    """Make an API key. It is shown this once."""
    return await api_keys.create(uow, principal, body)


@router.delete("/api-keys/{key_id}", status_code=status.HTTP_204_NO_CONTENT, responses=problems(NotFound))
async def revoke_api_key(key_id: Id, principal: Viewer, uow: WriteUnit) -> None:
    """End an API key at once."""
    await api_keys.revoke(uow, principal, key_id)


@router.get("/users")
async def list_users(principal: Admin, uow: ReadUnit) -> schemas.UserList:
    """All users, oldest first."""
    return await users.list_users(uow)


@router.post(
    "/users",
    status_code=status.HTTP_201_CREATED,
    responses=problems(errors.UsernameTaken, *_PASSWORD_PROBLEMS),
)
async def create_user(body: schemas.UserCreate, principal: Admin, context: ContextDep) -> schemas.User:
    """Add a user."""
    return await users.create_user(context, principal, body)


@router.patch("/users/{user_id}", responses=problems(NotFound, errors.LastAdmin, *_PASSWORD_PROBLEMS))
async def update_user(user_id: Id, body: schemas.UserUpdate, principal: Admin, context: ContextDep) -> schemas.User:
    """Change role, disable or set a password; ends the user's sessions. The last admin stays one."""
    return await users.update_user(context, principal, user_id, body)


@router.get("/audit")
async def list_audit(
    principal: Admin,
    uow: ReadUnit,
    cursor: Cursor = None,
    limit: Limit = 50,
    action: Annotated[str | None, Query(max_length=60)] = None,
) -> Page[schemas.AuditEntry]:
    """Sensitive acts, newest first."""
    return await users.list_audit(uow, action=action, cursor=cursor, limit=limit)

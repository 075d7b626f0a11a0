"""What sign-in may refuse."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Forbidden, Invalid, TooManyRequests, Unauthenticated
from quantdesk.kit.principal import Principal


class AlreadySetUp(Conflict):
    code = "already_set_up"
    title = "The first user exists already; sign in instead"


class SetupTokenInvalid(Forbidden):
    code = "setup_token_invalid"
    title = "The set-up link is not valid; use the one that `quantdesk up` printed last"


class PasswordTooShort(Invalid):
    code = "password_too_short"
    title = "The password is too short"


class PasswordTooCommon(Invalid):
    code = "password_too_common"
    title = "The password is too easy to guess"


class PasswordWrong(Invalid):
    code = "password_wrong"
    title = "The current password is not right"


class LoginFailed(Unauthenticated):
    code = "login_failed"
    title = "Username or password is not right"


class LoginBackoff(TooManyRequests):
    code = "login_backoff"
    title = "Too many failed sign-ins; wait before the next one"


class AccountDisabled(Forbidden):
    code = "account_disabled"
    title = "This account is disabled; ask an administrator"


class TokenInvalid(Unauthenticated):
    code = "token_invalid"
    title = "The token is not valid or has expired"


class SessionEnded(Unauthenticated):
    code = "session_ended"
    title = "The session has ended; sign in again"


class RefreshReused(Unauthenticated):
    code = "refresh_reused"
    title = "This refresh token was used before; the session is ended for safety. Sign in again"

    def __init__(self, principal: Principal) -> None:
        super().__init__()
        self.principal = principal
        """Whose session it was."""


class UsernameTaken(Conflict):
    code = "username_taken"
    title = "There is a user of this name already"


class LastAdmin(Conflict):
    code = "last_admin"
    title = "The last active administrator must stay one"

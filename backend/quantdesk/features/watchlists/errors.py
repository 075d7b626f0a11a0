"""Errors of the watchlists slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class WatchlistNotFound(NotFound):
    code = "watchlist_not_found"
    title = "There is no such watchlist"


class WatchlistNameTaken(Conflict):
    code = "watchlist_name_taken"
    title = "You have a watchlist of this name already"


class TooManyWatchlists(Conflict):
    code = "too_many_watchlists"
    title = "You have as many watchlists as there may be; delete one first"


class WatchlistFull(Conflict):
    code = "watchlist_full"
    title = "The watchlist has no room for so many symbols; take another group"


class NothingUnderstood(Invalid):
    code = "nothing_understood"
    title = "No code or name in the text is understood"

"""Errors of the market slice."""

from __future__ import annotations

from quantdesk.kit.errors import Conflict, Invalid, NotFound


class UnknownSymbol(NotFound):
    code = "unknown_symbol"
    title = "No such instrument is known here"


class BarsNotStored(NotFound):
    code = "bars_not_stored"
    title = "No bars of this instrument are stored; import or fetch them"


class BadSymbol(Invalid):
    code = "bad_symbol"
    title = "The symbol is not understood"


class BadIndicator(Invalid):
    code = "bad_indicator"
    title = "The indicator or one of its parameters is not known"


class SourcesOffline(Conflict):
    code = "sources_offline"
    title = "Online sources are switched off; import a file instead, or unset QD_SOURCES__ONLINE"


class NotFetchable(Conflict):
    code = "not_fetchable"
    title = "No online source has this instrument"


class MarketDayNotStored(NotFound):
    code = "market_day_not_stored"
    title = "No shares are stored for this day; import or refresh them, or choose a later day"


class BoardNotFound(NotFound):
    code = "board_not_found"
    title = "There is no such board on this day"


class UnknownProduct(NotFound):
    code = "futures_product_unknown"
    title = "No such futures product is known here"


class NoMainSeries(Conflict):
    code = "main_series_impossible"
    title = "The stored contracts lack the figures that the rule compares"

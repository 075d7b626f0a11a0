"""Words that the descriptions of all markets' rules share."""

from __future__ import annotations

from decimal import Decimal

from quantdesk.core.rules import rows

_PHASES: dict[str, tuple[str, str]] = {
    "open_call": ("开盘集合竞价", "opening auction"),
    "continuous": ("连续竞价", "continuous trading"),
    "close_call": ("收盘集合竞价", "closing auction"),
    "after_hours": ("盘后固定价格交易", "after-hours trading at the close"),
    "night": ("夜盘（前一日晚，计入本交易日）", "night session (the evening before, part of this trading day)"),
}


def session_words(row: rows.SessionRow) -> tuple[str, str]:
    """Give the phases of a trading day in (zh, en)."""
    zh, en = [], []
    for phase in row.phases:
        span = f"{phase.start:%H:%M}–{phase.end:%H:%M}"
        word_zh, word_en = _PHASES[phase.kind]
        if phase.no_cancel_from == phase.start:
            word_zh, word_en = f"{word_zh}（不可撤单）", f"{word_en} (no cancelling)"
        elif phase.no_cancel_from is not None:
            word_zh = f"{word_zh}（{phase.no_cancel_from:%H:%M} 起不可撤单）"
            word_en = f"{word_en} (no cancelling from {phase.no_cancel_from:%H:%M})"
        zh.append(f"{span} {word_zh}")
        en.append(f"{span} {word_en}")
    return "；".join(zh), "; ".join(en)


def percent(fraction: Decimal) -> str:
    """Write a fraction as percent without trailing zeros: 0.0005 gives 0.05 %."""
    return f"{format((fraction * 100).normalize(), 'f')}%"

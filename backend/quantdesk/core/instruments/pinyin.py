"""Pinyin initials of instrument names, as people type them to find a stock."""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    "银行": "yh", "农行": "nh", "商行": "sh", "同行": "th", "行业": "hy", "重庆": "cq", "重组": "cz",
    "重塑": "cs", "重启": "cq", "九重": "jc", "成长": "cz", "长大": "zd", "会稽": "kj", "会计": "kj",
    "东阿": "de", "阿胶": "ej", "音乐": "yy", "乐器": "yq", "番禺": "py", "铅山": "ys", "调味": "tw",
    "调节": "tj", "调理": "tl", "窖藏": "jc", "校准": "jz", "单县": "sx", "大厦": "ds", "广厦": "gs",
    "传记": "zj", "弹药": "dy", "人参": "rs", "海参": "hs", "党参": "ds", "大参林": "dsl",
}  # fmt: skip
"""Words in which a character is not read as it is alone; the longest one that fits wins."""

_CHARACTERS = {
    "长": "c",
    "厦": "x",
    "藏": "z",
    "曾": "z",
    "弹": "t",
    "给": "j",
    "呷": "x",
    "晟": "s",
    "朝": "c",
}
"""Characters that company names read otherwise than pypinyin's first reading."""

_LONGEST_WORD = max(map(len, _WORDS))
_KEPT = re.compile(r"[a-z0-9]")


def initials(name: str) -> str:
    """Give the lower-case pinyin initials of a name: 贵州茅台 gives gzmt, *ST海航 sthh, TCL科技 tclkj.

    Latin letters and digits stay (full-width ones folded), everything else that is not Chinese is dropped.
    """
    text = unicodedata.normalize("NFKC", name).lower()
    out: list[str] = []
    at = 0
    while at < len(text):
        word = next((text[at : at + n] for n in range(_LONGEST_WORD, 1, -1) if text[at : at + n] in _WORDS), None)
        if word is not None:
            out.append(_WORDS[word])
            at += len(word)
            continue
        out.append(_initial(text[at]))
        at += 1
    return "".join(out)


def _initial(character: str) -> str:
    if character in _CHARACTERS:
        return _CHARACTERS[character]
    if _KEPT.fullmatch(character):
        return character
    # Imported on first use: its dictionaries take some 50 MB, and only writers of names need them.
    from pypinyin import Style, lazy_pinyin

    reading = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return reading[0].lower() if reading else ""

"""What can be wrong with a qlib folder, in words: which file, which value, what to do."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "qlib_file_missing": (
        "qlib 目录里没有 {file}。请给出含 calendars、instruments、features 的目录，并补齐这个文件。",
        "The qlib folder has no {file}. Give the one with calendars, instruments and features, complete.",
    ),
    "qlib_not_text": (
        "{file} 不是 UTF-8 文本。请重新导出。",
        "{file} is not UTF-8 text. Export the folder again.",
    ),
    "qlib_calendar_empty": (
        "{file} 里没有交易日。请重新导出。",
        "{file} has no trading day. Export the folder again.",
    ),
    "qlib_calendar_date": (
        "{file} 第 {line} 行「{value}」不是日期，应写成 2024-03-15。",
        "Line {line} of {file}, {value!r}, is no date; write it as 2024-03-15.",
    ),
    "qlib_calendar_order": (
        "{file} 第 {line} 行 {value} 不晚于前一行 {previous}：日历必须按日期升序、不重复。请排序去重后再导入。",
        "Line {line} of {file}, {value}, is not later than the line before, {previous}: the calendar must rise, "
        "each day once. Sort it.",
    ),
    "qlib_instruments_empty": (
        "{file} 里没有标的。请重新导出。",
        "{file} lists no instrument. Export the folder again.",
    ),
    "qlib_instrument_line": (
        "{file} 第 {line} 行「{value}」应为：代码、首日、末日，以制表符分隔。",
        "Line {line} of {file}, {value!r}, is not code, first day and last day, parted by tabs.",
    ),
    "qlib_instrument_unknown": (
        "{file} 第 {line} 行的代码「{value}」不认识。请改成 SH600519 这样的写法，或删除这一行。",
        "Line {line} of {file}: the code {value!r} is not known. Write it as SH600519, or remove the line.",
    ),
    "qlib_instrument_dates": (
        "{file} 第 {line} 行 {value} 的首日 {first} 晚于末日 {last}。",
        "Line {line} of {file}: {value} begins on {first}, after its end on {last}.",
    ),
    "qlib_bin_short": (
        "{file} 有 {size} 字节，不是一个起点加若干个 4 字节数，文件被截断了。请重新导出。",
        "{file} has {size} bytes, which is not a start and some numbers of 4 bytes: it was cut off. Export it again.",
    ),
    "qlib_bin_start": (
        "{file} 的起点是 {start}，不是日历（{days} 天）里的位置。请与日历一起重新导出。",
        "{file} starts at {start}, which is no place in the calendar of {days} days. Export both again together.",
    ),
    "qlib_bin_long": (
        "{file} 从 {start} 起有 {count} 个数，超出了 {days} 天的日历。请与日历一起重新导出。",
        "{file} has {count} numbers from {start} on, past the end of the calendar of {days} days. Export both "
        "again together.",
    ),
    "qlib_bin_value": (
        "{file} 在 {day} 的值是 {value}，不是有限的数。请重新导出。",
        "{file} holds {value} on {day}, which is no finite number. Export it again.",
    ),
    "qlib_factor": (
        "{file} 在 {day} 的复权因子是 {value}，必须大于 0，否则还原不出原始价格。",
        "{file} holds the factor {value} on {day}; it must be above 0, or the raw price cannot be told.",
    ),
}
"""(Chinese, English) of each code."""


class QlibFolderError(ValueError):
    """A folder that is not as qlib writes it. `code` is one of WORDS, `values` fills its text."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(WORDS[code][1].format(**values))

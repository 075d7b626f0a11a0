"""Chinese and English text of every import error, by its stable code: what is wrong and what to do."""

from __future__ import annotations

FILE_TEXTS: dict[str, tuple[str, str]] = {
    "name_unsafe": (
        "文件名「{name}」不可用：不能含路径、控制字符或保留名称，长度不超过 255 字节。请改名后重试。",
        "The file name {name!r} cannot be used: no path, control character or reserved name, at most 255 bytes. "
        "Rename the file and try again.",
    ),
    "inspection_failed": (
        "读取这个文件时进程意外结束或超时，文件可能已损坏。请重新导出，或另存为 CSV 再试。",
        "Reading this file took too long or ended the process that read it; it may be damaged. Export it again, "
        "or as CSV.",
    ),
    "not_found": ("找不到文件「{name}」，请检查路径。", "There is no file {name!r}; check the path."),
    "not_readable": (
        "没有读取「{name}」的权限，请检查文件权限。",
        "No permission to read {name!r}; check the file's permissions.",
    ),
    "not_a_file": (
        "「{name}」不是普通文件（是目录、链接、管道或设备）。请给出文件本身。",
        "{name!r} is not a regular file (a folder, link, pipe or device). Give the file itself.",
    ),
    "empty": ("文件是空的（0 字节）。请重新导出。", "The file is empty (0 bytes). Export it again."),
    "qlib_archive": (
        "压缩包读不出来：{reason}。请重新压缩 qlib 目录（不加密码），或给出目录本身。",
        "The archive does not read: {reason}. Pack the qlib folder again, without a password.",
    ),
    "header_only": (
        "文件只有表头，没有数据行。请检查导出的日期范围。",
        "The file has no rows after its header. Check the date range of the export.",
    ),
    "too_large": (
        "文件展开后有 {size} 字节，超过上限 {limit} 字节。请按年份或代码拆分。",
        "The file holds {size} bytes, above the limit of {limit}. Split it by year or by symbol.",
    ),
    "too_many_rows": (
        "超过 {limit} 行的上限。请按年份或代码拆分。",
        "More rows than the limit of {limit}. Split the file by year or by symbol.",
    ),
    "compressed": (
        "这是压缩文件或 Excel 工作簿（{kind}），不直接导入。请解压，或在 Excel 中另存为“CSV UTF-8”。",
        "This is a compressed file or an Excel workbook ({kind}), which is not imported. "
        "Unpack it, or save the sheet as 'CSV UTF-8'.",
    ),
    "foreign": (
        "这是 {kind} 文件，不能导入。请导出为 CSV 或 Parquet。",
        "This is a {kind} file, which cannot be imported. Export CSV or Parquet.",
    ),
    "minute_file": (
        "「{suffix}」是旧版通达信分钟线文件，请改用 .lc1 或 .lc5。",
        "{suffix} is an old 通达信 file of minute bars; use .lc1 or .lc5 instead.",
    ),
    "tdx_times": (
        "文件里的时间不是通达信分钟线的时间（{reason}）。请重新复制。",
        "The times in this file are not those of 通达信 minute bars ({reason}). Copy it again.",
    ),
    "interval_unclear": (
        "时间间隔不是 1、5、15、30、60 分钟（最常见的是 {minutes} 分钟）。请换一个文件，或注明周期。",
        "The times are not 1, 5, 15, 30 or 60 minutes apart (mostly {minutes}). Use another file, or say its interval.",
    ),
    "markup": (
        "内容是 {kind}，不是表格；下载到的可能是一个错误页面。请重新下载 CSV。",
        "The content is {kind}, not a table; perhaps an error page was saved. Download the CSV again.",
    ),
    "utf16": (
        "文件编码是 UTF-16（Excel 的“Unicode 文本”）。请另存为“CSV UTF-8”。",
        "The file is encoded in UTF-16 (Excel's 'Unicode text'). Save it as 'CSV UTF-8'.",
    ),
    "binary": (
        "文件是二进制内容，不是文本表格。请确认选对了文件。",
        "The file is binary, not a text table. Check that it is the right file.",
    ),
    "binary_line": (
        "第 {line} 行含有控制字符，文件不是文本表格或已损坏。请重新导出。",
        "Line {line} holds control characters: the file is no text table, or damaged. Export it again.",
    ),
    "line_too_long": (
        "第 {line} 行超过 {limit} 字节，不是行情表格。请确认选对了文件。",
        "Line {line} is longer than {limit} bytes: this is no table of bars. Check that it is the right file.",
    ),
    "line_ends": (
        "换行符只有 CR（老式 Mac 格式）。请用 LF 或 CRLF 换行重新保存。",
        "Lines end with a bare CR (old Mac). Save the file again with LF or CRLF line ends.",
    ),
    "quote_open": (
        "第 {line} 行的引号没有成对。请补全或删除该引号。",
        "A quote in line {line} is never closed. Close or remove it.",
    ),
    "encoding_wrong": (
        "第 {line} 行不是 {encoding} 编码。请改选编码，或另存为 UTF-8。",
        "Line {line} is not {encoding}. Choose another encoding, or save the file as UTF-8.",
    ),
    "encoding_unknown": (
        "第 {line} 行既不是 UTF-8 也不是 GBK/GB18030。请另存为 UTF-8。",
        "Line {line} is neither UTF-8 nor GBK/GB18030. Save the file as UTF-8.",
    ),
    "no_columns": (
        "第一行「{line}」不是表头。第一行应为列名，用逗号、制表符或分号分隔。",
        "The first line {line!r} is no header. It must name the columns, separated by commas, tabs or semicolons.",
    ),
    "too_many_columns": (
        "有 {count} 列，超过上限 {limit}。请只导出行情列。",
        "{count} columns, above the limit of {limit}. Export the columns of the bars only.",
    ),
    "columns_repeated": (
        "列名「{name}」出现了两次，无法判断用哪一列。请改名或删除其一。",
        "The column {name!r} appears twice; which one counts? Rename or remove one.",
    ),
    "column_unknown": (
        "字段 {field} 指定的列「{column}」不在文件中。现有列：{columns}",
        "Field {field} is mapped to the column {column!r}, which the file has not. It has: {columns}",
    ),
    "column_used_twice": (
        "列「{column}」同时用于 {fields}。每列只能对应一个字段。",
        "The column {column!r} is used for {fields}. Map it to one field only.",
    ),
    "columns_missing": (
        "缺少必需的列：{fields}。现有列：{columns}。请在列映射中指定，或补充后重新导出。",
        "Required columns are missing: {fields}. The file has: {columns}. Map them, or export the file with them.",
    ),
    "column_nested": (
        "列「{column}」的类型是 {type}，不是单个数值或文本。请展开后重新导出。",
        "The column {column!r} is of type {type}, not one value a cell. Flatten it and export again.",
    ),
    "symbol_missing": (
        "没有代码列，文件名「{name}」里也没有代码。请填写代码，或把文件改名为 sh600519.csv 这样。",
        "There is no code column and no symbol in the file name {name!r}. "
        "Enter the symbol, or rename the file like sh600519.csv.",
    ),
    "symbol_invalid": (
        "填写的代码「{symbol}」不认识。请写成 600519.SH 这样。",
        "The symbol {symbol!r} is not known. Write it like 600519.SH.",
    ),
    "parquet_corrupt": (
        "不是完整的 Parquet 文件（{reason}）。请重新导出或重新传输。",
        "This is no complete Parquet file ({reason}). Export or transfer it again.",
    ),
    "csv_broken": (
        "无法解析表格（{reason}）。请检查分隔符和引号。",
        "The table cannot be parsed ({reason}). Check delimiter and quotes.",
    ),
    "tdx_length": (
        "文件长 {size} 字节，不是 32 的倍数（多 {rest} 字节），不是完整的通达信文件。请重新复制。",
        "The file has {size} bytes, no multiple of 32 ({rest} left over): no complete 通达信 file. Copy it again.",
    ),
    "bad_rows": (
        "{rejected} 行有错，整个文件未导入。请改正后重试，或选择跳过错误行。",
        "{rejected} rows are bad, so that nothing of the file was imported. Correct them, or choose to skip bad rows.",
    ),
    "store_full": (
        "磁盘空间不足，文件未导入。请清理磁盘后重试。",
        "The disk is full; nothing of the file was imported. Make room and try again.",
    ),
}

ROW_TEXTS: dict[str, tuple[str, str]] = {
    "missing": ("{field} 是空的，请补上数值。", "{field} is empty; fill it in."),
    "not_a_number": ("{field} 的「{value}」不是数字。", "{field} is {value!r}, which is no number; write e.g. 12.34."),
    "decimal_comma": (
        "{field} 的「{value}」用逗号作小数点，请改用点号。",
        "{field} is {value!r} with a decimal comma; write a point.",
    ),
    "formula": (
        "{field} 的「{value}」是公式，请导出计算后的值。",
        "{field} is the formula {value!r}; export its value instead.",
    ),
    "not_finite": (
        "{field} 的「{value}」不是有限数值，请改正或删除该行。",
        "{field} is {value!r}, no finite value; correct it or remove the row.",
    ),
    "not_positive": (
        "{field} 为 {value}，必须大于 0。",
        "{field} is {value} and must be above 0; correct it or remove the row.",
    ),
    "negative": (
        "{field} 为 {value}，不能为负。",
        "{field} is {value} and must not be negative; correct it.",
    ),
    "high_below": (
        "最高价 {value} 低于同一行的开盘、收盘或最低价，请核对。",
        "The high {value} is below the open, close or low of its row; check them.",
    ),
    "low_above": (
        "最低价 {value} 高于同一行的开盘或收盘价，请核对。",
        "The low {value} is above the open or close of its row; check them.",
    ),
    "duplicate_date": (
        "{symbol} 的日期 {value} 重复出现，请只保留一行。",
        "The date {value} appears again for {symbol}; keep one row.",
    ),
    "too_early": (
        "日期 {value} 早于中国股市开市，可能解析错误，请核对。",
        "The date {value} is before the exchanges opened; check it.",
    ),
    "in_future": ("日期 {value} 在今天之后，请核对。", "The date {value} is in the future; check it."),
    "not_a_date": (
        "「{value}」不是日期，请写成 2024-01-31 或 20240131。",
        "{value!r} is no date; write 2024-01-31 or 20240131.",
    ),
    "no_such_date": (
        "「{value}」不存在于日历，请核对。",
        "There is no such day as {value!r} in the calendar; check it.",
    ),
    "date_has_time": (
        "「{value}」带有时刻；目前只导入日线。",
        "{value!r} has a time of day; only daily bars are imported.",
    ),
    "not_a_flag": ("{field} 的「{value}」应为 0 或 1。", "{field} is {value!r}; write 0 or 1."),
    "suspended_traded": (
        "该行标为停牌，成交量却是 {value}，请核对交易状态。",
        "The row is marked as suspended but has a volume of {value}; check the trading status.",
    ),
    "symbol_format": (
        "代码「{value}」看不懂，请写成 600519.SH 或 sh600519。",
        "The symbol {value!r} is not understood; write 600519.SH or sh600519.",
    ),
    "unknown_symbol": (
        "没有「{value}」这样的股票、指数或基金代码，请核对代码和交易所。",
        "{value!r} is no code of a stock, index or fund; check the code and the exchange.",
    ),
    "duplicate_action": (
        "{symbol} 在 {value} 的同一方案已在第 {first} 行出现，请只保留一行。",
        "The same action of {symbol} on {value} stands in row {first} already; keep one row.",
    ),
    "action_amount_range": (
        "{field} 折算为每股 {value}，不在 0 到 10000 之间，请核对单位（每股还是每 10 股）。",
        "{field} comes to {value} a share, which is not from 0 to 10,000; check the unit (a share or ten).",
    ),
    "action_amount_decimals": (
        "{field} 折算为每股 {value}，超过 8 位小数，请四舍五入。",
        "{field} comes to {value} a share, more than 8 decimals; round it.",
    ),
    "action_rights_price": (
        "有配股却没有配股价，请补上配股价。",
        "There is a rights issue without its price; fill in the price of a new share.",
    ),
    "action_rights": (
        "有配股价却没有配股数，请补上或删去配股价。",
        "There is a rights price without rights; fill in the new shares, or remove the price.",
    ),
    "action_date_order": (
        "{field} 为 {value}，与除权除息日的先后不符（公告日不晚于它，派息日和上市日不早于它），请核对。",
        "{field} is {value}, out of order with the ex-date (announced by it; paid and listed from it on); check both.",
    ),
    "ragged_row": (
        "该行有 {actual} 个单元格，表头有 {expected} 个。请检查分隔符和引号。",
        "The row has {actual} cells and the header {expected}. Check delimiters and quotes.",
    ),
}

/** Read a pasted list of stock codes in the notations people have them in. */

export interface ParsedSymbols {
  /** Canonical, without repetition, in the order of the text. */
  symbols: string[];
  /** Words that are no code. */
  unknown: string[];
  /** How many codes stood there more than once. */
  repeated: number;
}

const EXCHANGES: Record<string, string> = {
  SH: "SH",
  SS: "SH",
  SSE: "SH",
  XSHG: "SH",
  SZ: "SZ",
  SZSE: "SZ",
  XSHE: "SZ",
  BJ: "BJ",
  BSE: "BJ",
  DEMO: "DEMO",
};
const SEPARATORS = /[\s,;|，、；。"'“”‘’()（）[\]【】]+/u;
const SUFFIXED = /^(\d{6})\.([A-Z]{2,4})$/;
const PREFIXED = /^([A-Z]{2,4})[.:]?(\d{6})$/;

/** The exchange that a bare six-digit code belongs to, by the ranges the exchanges assign. */
function exchangeOf(code: string): string | null {
  if (/^(92|4|8)/.test(code)) return "BJ";
  if (/^[569]/.test(code)) return "SH";
  if (/^[0123]/.test(code)) return "SZ";
  return null;
}

function canonical(word: string): string | null {
  const text = word.toUpperCase();
  const suffixed = SUFFIXED.exec(text);
  const prefixed = PREFIXED.exec(text);
  const code = suffixed?.[1] ?? prefixed?.[2] ?? (/^\d{6}$/.test(text) ? text : null);
  if (code === null) return null;
  const given = suffixed?.[2] ?? prefixed?.[1];
  const exchange = given === undefined ? exchangeOf(code) : EXCHANGES[given];
  return exchange === undefined || exchange === null ? null : `${code}.${exchange}`;
}

/** Read `600519.SH`, `sh600519`, `SH.600519`, `600519.XSHG` or bare codes, however they are separated.
 *
 * A word without a digit (a name beside its code, as in most tables) is passed over in silence.
 */
export function parseSymbols(text: string): ParsedSymbols {
  const symbols = new Set<string>();
  const unknown: string[] = [];
  let repeated = 0;
  for (const word of text.split(SEPARATORS)) {
    if (!/\d/.test(word)) continue;
    const symbol = canonical(word);
    if (symbol === null) unknown.push(word);
    else if (symbols.has(symbol)) repeated += 1;
    else symbols.add(symbol);
  }
  return { symbols: [...symbols], unknown, repeated };
}

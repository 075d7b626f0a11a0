/** Text with the colours of a terminal. */
export interface Span {
  text: string;
  /** A class: ansi-red, ansi-bold …, empty for plain text. */
  style: string;
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
// eslint-disable-next-line no-control-regex
const SEQUENCE = /\x1b\[([0-9;]*)([A-Za-z])/g;

/** Divide text at its ANSI sequences (ECMA-48, SGR); other sequences are left out. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let colour = "";
  let bold = false;
  let from = 0;
  const push = (end: number) => {
    const style = [bold ? "ansi-bold" : "", colour].filter(Boolean).join(" ");
    if (end > from) spans.push({ text: text.slice(from, end), style });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] !== "m") continue;
    const codes = (match[1] ?? "").split(";").map(Number);
    for (let at = 0; at < codes.length; at += 1) {
      const code = codes[at] ?? 0;
      if (code === 38 || code === 48) {
        at += codes[at + 1] === 5 ? 2 : 4; // of 256 or of all colours: shown plain
      } else if (code === 0) {
        colour = "";
        bold = false;
      } else if (code === 1) bold = true;
      else if (code === 22) bold = false;
      else if (code === 39) colour = "";
      else if (code >= 30 && code <= 37) colour = `ansi-${COLOURS[code - 30]}`;
      else if (code >= 90 && code <= 97) colour = `ansi-${COLOURS[code - 90]}`;
    }
  }
  push(text.length);
  return spans;
}

/** What a search in the code of all strategies found, made ready to be shown. */

export interface Found {
  strategy_id: string;
  name: string;
}

export interface Group<Match extends Found> {
  id: string;
  name: string;
  matches: Match[];
}

/** Put the matches of a strategy together, in the order they came. */
export function grouped<Match extends Found>(matches: readonly Match[]): Group<Match>[] {
  const groups = new Map<string, Group<Match>>();
  for (const match of matches) {
    const group = groups.get(match.strategy_id) ?? { id: match.strategy_id, name: match.name, matches: [] };
    group.matches.push(match);
    groups.set(match.strategy_id, group);
  }
  return [...groups.values()];
}

/** Cut a line where matches begin and end. The columns count characters, of which an emoji is one. */
export function pieces(text: string, columns: readonly (readonly [number, number])[]): { text: string; hit: boolean }[] {
  const characters = Array.from(text);
  const cut = (start: number, end?: number) => characters.slice(start, end).join("");
  let at = 0;
  const found = columns.flatMap(([start, end]) => {
    const parts = [
      { text: cut(at, start), hit: false },
      { text: cut(start, end), hit: true },
    ];
    at = end;
    return parts;
  });
  return [...found, { text: cut(at), hit: false }].filter((part) => part.text !== "");
}

/** What an address says of a place in a strategy's files; no file: the main one. */
export function placeOf(file: string | null | undefined, line: number): string {
  return new URLSearchParams({ ...(file == null ? {} : { file }), line: String(line) }).toString();
}

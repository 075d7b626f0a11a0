import { Marked, type TokenizerAndRendererExtension } from "marked";

import { safeFragment } from "./sanitise";

/** A formula of a text; it stands where the element with its number in `data-math` is. */
export interface Formula {
  tex: string;
  display: boolean;
}

// `$5 and $6` are prices: a formula has no space inside its dollars, and no digit follows it.
const INLINE = /^\$(?!\s)((?:\\[\s\S]|[^\\$\n])+?)(?<!\s)\$(?!\d)/;
const BLOCK = /^(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|(\\begin\{(equation|align|gather|aligned|cases|[pbvBV]?matrix)\*?\}[\s\S]+?\\end\{\4\*?\}))/;

/** Give a Markdown text as elements that are safe in our page, and its formulas. */
export function fromMarkdown(text: string): { fragment: DocumentFragment; formulas: Formula[] } {
  const formulas: Formula[] = [];
  const placed = (tex: string, display: boolean) => {
    formulas.push({ tex: tex.trim(), display });
    return `<span data-math="${formulas.length - 1}"></span>`;
  };
  const html = new Marked({ gfm: true, async: false, extensions: extensions(placed) }).parse(text, { async: false });
  return { fragment: safeFragment(html), formulas };
}

/** Give a text/latex output as what it is: formulas between words. */
export function fromLatex(text: string): { fragment: DocumentFragment; formulas: Formula[] } {
  return fromMarkdown(/\$|\\\[|\\begin\{/.test(text) ? text : `$$${text}$$`);
}

function extensions(placed: (tex: string, display: boolean) => string): TokenizerAndRendererExtension[] {
  const block = (source: string) => {
    const found = BLOCK.exec(source);
    return found === null ? undefined : { raw: found[0], tex: found[1] ?? found[2] ?? found[3] ?? "" };
  };
  const start = (source: string) => {
    const at = source.search(/\$|\\\[|\\begin\{/);
    return at < 0 ? undefined : at;
  };
  return [
    {
      name: "formula",
      level: "block",
      tokenizer: (source) => {
        const found = block(source);
        return found === undefined || !/^[ \t]*(\n|$)/.test(source.slice(found.raw.length)) ? undefined : { type: "formula", ...found };
      },
      renderer: ({ tex }) => `<p>${placed(String(tex), true)}</p>`,
    },
    {
      name: "formulaWithin",
      level: "inline",
      start,
      tokenizer: (source) => {
        const found = block(source);
        if (found !== undefined) return { type: "formulaWithin", display: true, ...found };
        const inline = INLINE.exec(source);
        return inline === null ? undefined : { type: "formulaWithin", display: false, raw: inline[0], tex: inline[1] ?? "" };
      },
      renderer: ({ tex, display }) => placed(String(tex), display === true),
    },
  ];
}

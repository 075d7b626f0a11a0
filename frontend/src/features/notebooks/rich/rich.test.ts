import { describe, expect, test } from "vitest";

import { draw } from "./formulas";
import { fromLatex, fromMarkdown } from "./markdown";
import { safeFragment, safeHtml } from "./sanitise";

const htmlOf = (fragment: DocumentFragment): string => {
  const place = document.createElement("div");
  place.append(fragment);
  return place.innerHTML;
};
const markdown = (text: string): string => htmlOf(fromMarkdown(text).fragment);

const ATTACKS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" java\nscript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="x.swf"></object><embed src="x.swf">',
  '<svg onload="alert(1)"><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><use href="https://evil.example/x.svg#a"/></svg>',
  '<form action="https://evil.example"><input name="password"></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<base href="https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/x.css">',
  '<img src="https://evil.example/pixel.png">',
  '<img srcset="https://evil.example/pixel.png 1x">',
  '<video poster="https://evil.example/p.png"></video>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  "<details open ontoggle=alert(1)>x</details>",
];

describe("what could act is left out", () => {
  test.each(ATTACKS)("%s", (attack) => {
    for (const html of [safeHtml(attack), htmlOf(safeFragment(attack)), markdown(attack), markdown(`text ${attack} text`)]) {
      expect(html).not.toMatch(/<(script|iframe|object|embed|form|input|meta|base|link|video)\b/i);
      expect(html).not.toMatch(/\son\w+=|javascript:|srcset|evil\.example|data:text/i);
    }
  });

  test.each(["[x](javascript:alert(1))", "[x](<java script:alert(1)>)", "![x](https://evil.example/a.png)", "[x](vbscript:x)", "<javascript:alert(1)>"])("%s", (text) => {
    const place = document.createElement("div");
    place.append(fromMarkdown(text).fragment);
    expect(place.querySelector("a[href], img[src]")).toBeNull();
  });
});

test("links lead to a new tab that knows nothing of ours", () => {
  expect(markdown("[x](https://example.org)")).toContain('<a href="https://example.org" target="_blank" rel="noopener noreferrer nofollow">x</a>');
});

test("nothing in our own page can cover or imitate a part of it", () => {
  expect(markdown('<div style="position:fixed;inset:0" class="ant-modal" id="root">x</div><style>*{display:none}</style>')).toBe("<div>x</div>\n".trimEnd());
});

test("styles of a frame stay, they reach nothing else", () => {
  const html = safeHtml('<style>td { color: red }</style><table><tr><td style="color: blue">1</td></tr></table>');
  expect(html).toContain("td { color: red }");
  expect(html).toContain('style="color: blue"');
});

test("pictures come as data", () => {
  expect(markdown("![dot](data:image/png;base64,AAAA)")).toContain('<img src="data:image/png;base64,AAAA" alt="dot">');
});

test("a document is drawn: titles, lists, tables, code", () => {
  const html = markdown("# T\n\n- a\n\n| p | q |\n|---|---|\n| 1 | 2 |\n\n```python\nx < 1\n```");
  for (const part of ["<h1>T</h1>", "<li>a</li>", "<td>1</td>", "x &lt; 1"]) expect(html).toContain(part);
});

describe("formulas", () => {
  test.each([
    ["an $a_1 + b_2$ in a line", [["a_1 + b_2", false]]],
    ["$$\n\\frac{a}{b}\n$$", [["\\frac{a}{b}", true]]],
    ["\\begin{align}a &= b\\end{align}", [["\\begin{align}a &= b\\end{align}", true]]],
    ["it costs $5 and then $6", []],
    ["`$no$` code", []],
    ["\\$a\\$", []],
  ])("%s", (text, expected) => {
    expect(fromMarkdown(text).formulas.map(({ tex, display }) => [tex, display])).toEqual(expected);
  });

  test("LaTeX without dollars is one formula", () => {
    expect(fromLatex("x^2").formulas).toEqual([{ tex: "x^2", display: true }]);
    expect(fromLatex("$\\displaystyle x^2$").formulas).toEqual([{ tex: "\\displaystyle x^2", display: false }]);
  });

  test("they are drawn in their places, and one that is wrong or leads out does no harm", () => {
    const { fragment, formulas } = fromMarkdown("$x^2$ and $\\href{javascript:alert(1)}{y}$ and $\\frac{$");
    const place = document.createElement("div");
    place.append(fragment);
    draw(place, formulas);
    expect(place.querySelectorAll(".katex").length).toBeGreaterThanOrEqual(1);
    expect(place.querySelector("a")).toBeNull();
  });

  test("a number of a formula that a text makes up draws nothing", () => {
    const { fragment, formulas } = fromMarkdown('<span data-math="7"></span>');
    const place = document.createElement("div");
    place.append(fragment);
    draw(place, formulas);
    expect(place.textContent.trim()).toBe("");
  });
});

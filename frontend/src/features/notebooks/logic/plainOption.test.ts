import { expect, test } from "vitest";

import { plainOption, pointsOf } from "./plainOption";

test("data of a chart stays as it is", () => {
  const option = { xAxis: { type: "category", data: ["a", "b"] }, yAxis: { scale: true }, series: [{ type: "line", data: [1, null] }] };
  expect(plainOption(option)).toEqual({ ...option, tooltip: { renderMode: "richText" } });
  expect(pointsOf(plainOption(option))).toBe(2);
});

test("a tooltip is never HTML, whatever the option asks for", () => {
  const kept = plainOption({
    tooltip: { trigger: "item", renderMode: "html", formatter: "<img src=x onerror=alert(1)>", extraCssText: "position:fixed", className: "x", appendTo: "body" },
    series: [{ type: "pie", tooltip: { renderMode: "html" } }],
  });
  expect(kept).toEqual({
    tooltip: { trigger: "item", formatter: "<img src=x onerror=alert(1)>", renderMode: "richText" },
    series: [{ type: "pie", tooltip: {} }],
  });
});

test("functions, links, pictures from elsewhere and further parts of a page are left out", () => {
  const kept = plainOption({
    title: { text: "T", link: "javascript:alert(1)", sublink: "https://evil.example" },
    toolbox: { feature: { dataView: {} } },
    graphic: [{ type: "image" }],
    series: [{ type: "scatter", symbol: "image://https://evil.example/x.png", renderItem: () => 1, data: [{ value: 1, link: "javascript:alert(1)" }] }],
  });
  expect(kept).toEqual({ title: { text: "T" }, series: [{ type: "scatter", data: [{ value: 1 }] }], tooltip: { renderMode: "richText" } });
});

test("no key reaches the prototype of objects", () => {
  const kept = plainOption(JSON.parse('{"__proto__": {"polluted": 1}, "series": [{"__proto__": {"polluted": 1}}]}'));
  expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  expect((kept as { polluted?: number }).polluted).toBeUndefined();
});

test("what is no option at all is an empty chart", () => {
  expect(plainOption("x")).toEqual({ tooltip: { renderMode: "richText" } });
  expect(plainOption([1])).toEqual({ tooltip: { renderMode: "richText" } });
});

test("numbers that are none leave a gap in their series", () => {
  expect(plainOption({ series: [{ data: [1, Number.NaN, 3] }] }).series).toEqual([{ data: [1, null, 3] }]);
});

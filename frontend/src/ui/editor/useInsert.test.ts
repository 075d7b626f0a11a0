import { expect, test, vi } from "vitest";

vi.mock("./monaco", () => ({}));

import { fitting } from "./useInsert";

test("lines put on an empty line are indented as it is", () => expect(fitting("if x:\n    y()\n", "    ")).toBe("if x:\n        y()\n"));
test("one line goes on behind what is there", () => expect(fitting("self.cash\n", "    x = ")).toBe("self.cash"));
test("several lines begin on a line of their own behind other text", () =>
  expect(fitting("def on_day(self):\n    pass\n", "    x = 1")).toBe("\n    def on_day(self):\n        pass"));
test("empty lines stay empty", () => expect(fitting("a\n\nb\n", "  ")).toBe("a\n\n  b\n"));

import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { DataTable, type Column } from "./DataTable";

interface Row {
  id: number;
  name: string;
}

const columns: Column<Row>[] = [
  { key: "id", title: "Id", value: (row) => row.id, numeric: true },
  { key: "name", title: "Name", value: (row) => row.name },
];
const many: Row[] = Array.from({ length: 10_000 }, (_, id) => ({ id, name: `row ${id}` }));

beforeEach(() => {
  // jsdom has no layout: give the scroller a height, as a browser would.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(480);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(800);
});

const bodyRows = () => screen.getAllByRole("row").slice(1);

test("ten thousand rows put only a screenful into the document, and say how many there are", () => {
  render(<DataTable label="Orders" columns={columns} rows={many} rowKey={(row) => row.id} />);
  expect(bodyRows().length).toBeGreaterThanOrEqual(15);
  expect(bodyRows().length).toBeLessThan(60);
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("10001");
  expect(screen.getByText(/10,000/)).toBeTruthy();
});

test("a click on a number's heading sorts from the largest", async () => {
  render(<DataTable label="Orders" columns={columns} rows={many} rowKey={(row) => row.id} />);
  await userEvent.click(screen.getByRole("button", { name: /^Id/ }));
  const [first] = bodyRows();
  expect(first && within(first).getByText("9999")).toBeTruthy();
});

test("Enter opens the focused row", async () => {
  const open = vi.fn();
  render(<DataTable label="Orders" columns={columns} rows={many} rowKey={(row) => row.id} onRowClick={open} />);
  bodyRows()[0]?.focus();
  await userEvent.keyboard("{Enter}");
  expect(open).toHaveBeenCalledExactlyOnceWith(many[0]);
});

test("no rows, no data yet and a failure each have their own face", () => {
  const common = { label: "Orders", columns, rowKey: (row: Row) => row.id };
  const { rerender } = render(<DataTable {...common} rows={[]} empty={<p>nothing traded</p>} />);
  expect(screen.getByText("nothing traded")).toBeTruthy();
  rerender(<DataTable {...common} rows={undefined} loading />);
  expect(screen.getByRole("status")).toBeTruthy();
  rerender(<DataTable {...common} rows={undefined} error={new Error("boom")} onRetry={() => undefined} />);
  expect(screen.getByRole("alert").textContent).toContain("boom");
});

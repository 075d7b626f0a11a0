import type { ReactNode } from "react";

import "./sections.css";

export interface SmallColumn<Row> {
  key: string;
  title: string;
  numeric?: boolean;
  render: (row: Row) => ReactNode;
}

interface SmallTableProps<Row> {
  label: string;
  columns: readonly SmallColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** The last row is a sum. */
  total?: boolean;
}

/** A table of a few rows, all in sight. */
export function SmallTable<Row>({ label, columns, rows, rowKey, total = false }: SmallTableProps<Row>) {
  return (
    <div className="small-table-scroll">
      <table className="small-table" data-total={total}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ key, title, numeric = false }) => (
              <th key={key} scope="col" data-numeric={numeric}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ key, numeric = false, render }) => (
                <td key={key} data-numeric={numeric}>
                  {render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

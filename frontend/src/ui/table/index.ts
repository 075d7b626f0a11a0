export { DataTable, type Column, type DataTableProps } from "./DataTable";
export type { Sort } from "./sort";

import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/backtests", () => import("./pages/BacktestsPage")),
  lazyPage("/backtests/compare", () => import("./pages/ComparePage")),
  lazyPage("/backtests/:id", () => import("./pages/ReportPage")),
];

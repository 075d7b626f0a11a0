import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/backtests", () => import("./pages/BacktestsPage")),
  lazyPage("/backtests/:id", () => import("./pages/ReportPage")),
];

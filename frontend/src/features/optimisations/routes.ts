import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/backtests/optimisations", () => import("./pages/OptimisationsPage")),
  lazyPage("/backtests/optimisations/new", () => import("./pages/NewOptimisationPage")),
  lazyPage("/backtests/optimisations/:id", () => import("./pages/OptimisationPage")),
];

import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/strategies", () => import("./pages/StrategiesPage")),
  lazyPage("/strategies/:id", () => import("./pages/StrategyPage")),
];

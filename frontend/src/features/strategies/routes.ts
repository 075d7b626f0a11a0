import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/strategies", () => import("./pages/StrategiesPage")),
  lazyPage("/strategies/templates", () => import("./pages/TemplatesPage")),
  lazyPage("/strategies/:id", () => import("./pages/StrategyPage")),
];

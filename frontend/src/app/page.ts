import type { ComponentType } from "react";
import type { RouteObject } from "react-router";

/** Make a lazy route of a page module: `lazyPage("backtests/:id", () => import("./pages/ReportPage"))`. */
export function lazyPage(path: string, load: () => Promise<{ default: ComponentType }>): RouteObject {
  return {
    path,
    lazy: async () => ({ Component: (await load()).default }),
  };
}

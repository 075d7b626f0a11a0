import { createBrowserRouter } from "react-router";

import { routes as auth } from "@/features/auth/routes";
import { routes as backtests } from "@/features/backtests/routes";
import { routes as dashboard } from "@/features/dashboard/routes";
import { routes as data } from "@/features/data/routes";
import { routes as jobs } from "@/features/jobs/routes";
import { routes as market } from "@/features/market/routes";
import { routes as optimisations } from "@/features/optimisations/routes";
import { routes as strategies } from "@/features/strategies/routes";
import { routes as system } from "@/features/system/routes";

import { Root } from "./Root";
import { requireSession } from "./session";
import { NotFound } from "./shell/NotFound";
import { RootError, RouteError } from "./shell/RouteError";
import { Starting } from "./shell/Starting";

/** Every route. The signed-in part loads its shell lazily, so that the sign-in page stays small. */
export const router = createBrowserRouter([
  {
    Component: Root,
    ErrorBoundary: RootError,
    HydrateFallback: Starting,
    children: [
      ...auth,
      {
        loader: requireSession,
        shouldRevalidate: () => false,
        lazy: async () => ({ Component: (await import("./shell/Shell")).Shell }),
        children: [
          {
            ErrorBoundary: RouteError,
            children: [
              ...dashboard,
              ...market,
              ...strategies,
              ...backtests,
              ...optimisations,
              ...jobs,
              ...data,
              ...system,
              { path: "*", Component: NotFound },
            ],
          },
        ],
      },
    ],
  },
]);

import { QueryClientProvider } from "@tanstack/react-query";
import { Outlet } from "react-router";

import { queryClient } from "@/api/query";

import { ThemeProvider } from "./theme/ThemeProvider";

/** What every page stands on: theme, language and server state. */
export function Root() {
  return (
    <QueryClientProvider client={queryClient}>
      <ThemeProvider>
        <Outlet />
      </ThemeProvider>
    </QueryClientProvider>
  );
}

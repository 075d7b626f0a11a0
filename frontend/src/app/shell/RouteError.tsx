import { useEffect } from "react";
import { isRouteErrorResponse, useRouteError } from "react-router";

import { ApiError } from "@/api/errors";
import { isStaleChunk, reloadForUpdate } from "@/app/staleChunk";
import { ThemeProvider } from "@/app/theme/ThemeProvider";
import { ErrorPanel } from "@/ui/state";

import { shellTexts } from "./i18n";
import { NotFound } from "./NotFound";

/** What a page that throws leaves behind; the rest of the shell stays usable. */
export function RouteError() {
  const t = shellTexts.useText();
  const error = useRouteError();
  const stale = isStaleChunk(error);
  useEffect(() => {
    if (stale) void reloadForUpdate();
  }, [stale]);
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <ErrorPanel
      title={t("crashTitle")}
      error={stale ? new ApiError(0, "chunk", error.message) : error}
      onRetry={() => window.location.reload()}
      retryLabel={t("reload")}
    />
  );
}

/** The same where the shell itself, and with it the theme, is missing. */
export function RootError() {
  return (
    <ThemeProvider>
      <RouteError />
    </ThemeProvider>
  );
}

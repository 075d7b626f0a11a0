import { isRouteErrorResponse, useRouteError } from "react-router";

import { ThemeProvider } from "@/app/theme/ThemeProvider";
import { ApiError } from "@/api/errors";
import { ErrorPanel } from "@/ui/state";

import { shellTexts } from "./i18n";
import { NotFound } from "./NotFound";

/** A chunk that an update of the server has removed. */
const STALE_CHUNK = /dynamically imported module|module script failed|Failed to fetch/i;

/** What a page that throws leaves behind; the rest of the shell stays usable. */
export function RouteError() {
  const t = shellTexts.useText();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  const stale = error instanceof TypeError && STALE_CHUNK.test(error.message);
  return (
    <ErrorPanel
      title={t("crashTitle")}
      error={stale ? new ApiError(0, "chunk", error.message) : error}
      onRetry={() => window.location.reload()}
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

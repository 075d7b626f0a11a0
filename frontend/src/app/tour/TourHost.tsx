import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useLocation } from "react-router";

import { useSession } from "@/api/session";

import { tourTexts } from "./i18n";
import { useTour } from "./store";
import "./tour.css";

const TourGuide = lazy(() => import("./TourGuide"));

/** The running tour, where there is one; loaded when it starts. */
export function TourHost() {
  const user = useSession((session) => session.user?.id);
  const running = useTour((state) => user !== undefined && state.users[user]?.state === "running");
  if (user === undefined || !running) return null;
  return (
    <Suspense fallback={null}>
      <TourGuide user={user} />
    </Suspense>
  );
}

/** Offers the tour on the first page a new user sees; in the flow of the page, so that it covers nothing. */
export function TourOffer() {
  const t = tourTexts.useText();
  const { pathname } = useLocation();
  const user = useSession((session) => session.user?.id);
  const known = useTour((state) => user !== undefined && state.users[user] !== undefined);
  const set = useTour((state) => state.set);
  if (user === undefined || known || pathname !== "/") return null;
  return (
    <aside className="tour-offer" aria-label={t("tour")}>
      <span>{t("offer")}</span>
      <Button size="small" type="primary" onClick={() => set(user, { state: "running", step: 0 })}>
        {t("start")}
      </Button>
      <Button size="small" type="text" title={t("laterHint")} onClick={() => set(user, { state: "later", step: 0 })}>
        {t("later")}
      </Button>
    </aside>
  );
}

import { useEffect } from "react";
import { Outlet, useLocation, useNavigate, useNavigation } from "react-router";

import { queryClient } from "@/api/query";
import { useSession } from "@/api/session";
import { TourHost, TourOffer } from "@/app/tour/TourHost";

import { ConnectionBanner } from "./ConnectionBanner";
import { shellTexts } from "./i18n";
import { KeyHelp } from "./keys/KeyHelp";
import { CommandPalette } from "./palette/CommandPalette";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";
import { useIdleEnd } from "./useIdleEnd";
import { useRouteFocus } from "./useRouteFocus";
import "./shell.css";

/** The frame of every page behind sign-in. */
export function Shell() {
  const t = shellTexts.useText();
  const { status, endReason } = useSession();
  const navigate = useNavigate();
  const location = useLocation();
  const busy = useNavigation().state !== "idle";
  useIdleEnd();
  useRouteFocus();

  useEffect(() => {
    if (status !== "signed-out") return;
    const here = location.pathname + location.search;
    const back = endReason === "signed-out" || here === "/" ? "" : `?next=${encodeURIComponent(here)}`;
    void navigate(`/sign-in${back}`, { replace: true });
  }, [status, endReason, navigate, location]);

  // The next reader of this browser may be somebody else. Not before the pages are gone: they would ask again, in vain.
  useEffect(
    () => () => {
      if (useSession.getState().status === "signed-out") queryClient.clear();
    },
    [],
  );

  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t("skip")}
      </a>
      <TopBar />
      <Rail />
      <main id="content" className="content" tabIndex={-1} aria-busy={busy}>
        {busy && <div className="route-progress" role="presentation" />}
        <ConnectionBanner />
        <TourOffer />
        <Outlet />
      </main>
      <CommandPalette />
      <KeyHelp />
      <TourHost />
    </div>
  );
}

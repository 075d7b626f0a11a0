import { useEffect } from "react";
import { Outlet, useLocation, useNavigate, useNavigation } from "react-router";

import { useSession } from "@/api/session";

import { CommandPalette } from "./palette/CommandPalette";
import { ConnectionBanner } from "./ConnectionBanner";
import { shellTexts } from "./i18n";
import { Rail } from "./Rail";
import { TopBar } from "./TopBar";
import "./shell.css";

/** The frame of every page behind sign-in. */
export function Shell() {
  const t = shellTexts.useText();
  const status = useSession((session) => session.status);
  const navigate = useNavigate();
  const location = useLocation();
  const busy = useNavigation().state !== "idle";

  useEffect(() => {
    if (status !== "signed-out") return;
    const next = location.pathname + location.search;
    void navigate(`/sign-in?next=${encodeURIComponent(next)}`, { replace: true });
  }, [status, navigate, location]);

  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t("skip")}
      </a>
      <TopBar />
      <Rail />
      <main id="content" className="content" tabIndex={-1} aria-busy={busy}>
        <ConnectionBanner />
        <Outlet />
      </main>
      <CommandPalette />
    </div>
  );
}

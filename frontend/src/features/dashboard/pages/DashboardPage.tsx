import { Page } from "@/ui/Page";

import { DataHealth } from "../components/DataHealth";
import { FirstSteps } from "../components/FirstSteps";
import { LatestBacktests } from "../components/LatestBacktests";
import { Market } from "../components/Market";
import { RunningJobs } from "../components/RunningJobs";
import { dashboardTexts } from "../i18n";
import "../components/dashboard.css";

/** The market, what runs, what came out, and how the data is. */
export default function DashboardPage() {
  const t = dashboardTexts.useText();
  return (
    <Page title={t("title")}>
      <div className="dashboard">
        <div className="dashboard-main">
          <FirstSteps />
          <Market />
        </div>
        <div className="dashboard-side">
          <RunningJobs />
          <LatestBacktests />
          <DataHealth />
        </div>
      </div>
    </Page>
  );
}

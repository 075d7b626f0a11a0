import { Page } from "@/ui/Page";

import { DataHealth } from "../components/DataHealth";
import { FirstSteps } from "../components/FirstSteps";
import { LatestBacktests } from "../components/LatestBacktests";
import { Market } from "../components/Market";
import { RunningJobs } from "../components/RunningJobs";
import { WatchCard } from "../components/WatchCard";
import { dashboardTexts } from "../i18n";
import "../components/dashboard.css";

/** The market, what is watched, how the data is, what runs and what came out. */
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
          <WatchCard />
          <DataHealth />
          <RunningJobs />
          <LatestBacktests />
        </div>
      </div>
    </Page>
  );
}

import { Tabs } from "antd";
import { lazy, Suspense } from "react";
import { useSearchParams } from "react-router";

import { Page } from "@/ui/Page";
import { Loading } from "@/ui/state";

import type { Import } from "../api";
import { CoverageTable } from "../components/CoverageTable";
import { DemoPanel } from "../components/DemoPanel";
import { ImportHistory } from "../components/ImportHistory";
import { ImportDrawer } from "../components/ImportReport";
import { ImportWizard } from "../components/ImportWizard";
import { SummaryStrip } from "../components/SummaryStrip";
import { dataTexts } from "../i18n";
import { exportTexts } from "../exports/i18n";
import { qualityTexts } from "../quality/i18n";
import { factorTexts } from "../factors/i18n";
import { refreshTexts } from "../refresh/i18n";
import { sourceTexts } from "../sources/i18n";
import { SourceAlerts } from "../sources/SourceAlerts";
import "../components/data.css";

const QualityPanel = lazy(() => import("../quality/QualityPanel"));
const ExportPanel = lazy(() => import("../exports/ExportPanel"));
const CoverageMap = lazy(() => import("../quality/CoverageMap"));
const RefreshPanel = lazy(() => import("../refresh/RefreshPanel"));
const SourcesPanel = lazy(() => import("../sources/SourcesPanel"));
const FactorsPanel = lazy(() => import("../factors/FactorsPanel"));

/** What is stored, and how more gets in. */
export default function DataPage() {
  const t = dataTexts.useText();
  const quality = qualityTexts.useText();
  const refresh = refreshTexts.useText();
  const exporting = exportTexts.useText();
  const sources = sourceTexts.useText();
  const factors = factorTexts.useText();
  const [search, setSearch] = useSearchParams();
  const set = (change: Record<string, string | null>) =>
    setSearch(
      (params) => {
        for (const [name, value] of Object.entries(change)) {
          if (value === null) params.delete(name);
          else params.set(name, value);
        }
        return params;
      },
      { replace: true },
    );
  const openImport = ({ id }: Pick<Import, "id">) => set({ import: id });
  const toTab = (tab: string) => set({ tab: tab === "coverage" ? null : tab });
  return (
    <Page title={t("title")}>
      <SourceAlerts onShow={() => toTab("sources")} />
      <SummaryStrip />
      <section className="panel data-tabs">
        <Tabs
          activeKey={search.get("tab") ?? "coverage"}
          onChange={toTab}
          items={[
            { key: "coverage", label: t("coverage"), children: <CoverageTable onTab={toTab} /> },
            {
              key: "refresh",
              label: refresh("tab"),
              children: (
                <Suspense fallback={<Loading rows={8} />}>
                  <RefreshPanel />
                </Suspense>
              ),
            },
            {
              key: "sources",
              label: sources("tab"),
              children: (
                <Suspense fallback={<Loading rows={12} />}>
                  <SourcesPanel />
                </Suspense>
              ),
            },
            {
              key: "quality",
              label: quality("tab"),
              children: (
                <Suspense fallback={<Loading rows={8} />}>
                  <QualityPanel />
                </Suspense>
              ),
            },
            {
              key: "months",
              label: quality("mapTab"),
              children: (
                <Suspense fallback={<Loading height={360} />}>
                  <CoverageMap />
                </Suspense>
              ),
            },
            {
              key: "factors",
              label: factors("tab"),
              children: (
                <Suspense fallback={<Loading rows={12} />}>
                  <FactorsPanel />
                </Suspense>
              ),
            },
            // It stays mounted: a look at another tab must not end the uploads.
            { key: "import", label: t("importTab"), forceRender: true, children: <ImportWizard onStarted={openImport} /> },
            { key: "history", label: t("history"), children: <ImportHistory onOpen={(id) => openImport({ id })} /> },
            {
              key: "export",
              label: exporting("tab"),
              children: (
                <Suspense fallback={<Loading rows={8} />}>
                  <ExportPanel />
                </Suspense>
              ),
            },
            { key: "demo", label: t("demo"), children: <DemoPanel /> },
          ]}
        />
      </section>
      <ImportDrawer id={search.get("import")} onClose={() => set({ import: null })} onStarted={openImport} />
    </Page>
  );
}

import { DownloadOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";

import { useTheme } from "@/app/theme/useTheme";
import { download, toCsv, type Sheet } from "@/ui/format/csv";
import { uiTexts } from "@/ui/i18n";

import type { EChartsType } from "./echarts";

interface ExportMenuProps {
  chart: EChartsType | null;
  /** File name without its ending. */
  name: string;
  sheet: (() => Sheet) | undefined;
}

/** Save the chart as a picture or its figures as CSV. */
export function ExportMenu({ chart, name, sheet }: ExportMenuProps) {
  const t = uiTexts.useText();
  const { palette } = useTheme();
  const items = [
    {
      key: "png",
      label: t("exportPng"),
      onClick: () => {
        if (chart === null) return;
        download(`${name}.png`, chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: palette.surface }));
      },
    },
    {
      key: "svg",
      label: t("exportSvg"),
      onClick: () => {
        if (chart === null) return;
        const drawn = chart;
        void import("./svg").then(({ svgOf }) => download(`${name}.svg`, new Blob([svgOf(drawn)], { type: "image/svg+xml" })));
      },
    },
    ...(sheet === undefined
      ? []
      : [{ key: "csv", label: t("exportCsv"), onClick: () => download(`${name}.csv`, toCsv(sheet())) }]),
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }} placement="bottomRight">
      <Button type="text" size="small" icon={<DownloadOutlined aria-hidden />} aria-label={t("export")} title={t("export")} />
    </Dropdown>
  );
}

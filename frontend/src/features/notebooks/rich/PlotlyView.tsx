import { DownloadOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import Plotly from "plotly.js-strict-dist-min";
import { useEffect, useMemo, useState } from "react";

import { useTheme } from "@/app/theme/useTheme";
import { download } from "@/ui/format/csv";

import { notebookTexts } from "../i18n";
import { figureOf } from "./figure";

const CONFIG = { displaylogo: false, responsive: false, displayModeBar: "hover", modeBarButtonsToRemove: ["toImage", "sendDataToCloud", "lasso2d", "select2d"], showLink: false };

/** A figure of plotly, as wide as its place. */
export default function PlotlyView({ value }: { value: unknown }) {
  const t = notebookTexts.useText();
  const theme = useTheme();
  const [element, setElement] = useState<HTMLDivElement | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const figure = useMemo(() => figureOf(value, theme), [value, theme]);

  useEffect(() => {
    if (element === null) return;
    // plotly writes into what it is given; the output is shown again in another theme.
    void Plotly.react(element, { ...structuredClone(figure), config: CONFIG }).then(
      () => setWrong(null),
      (error: unknown) => setWrong(String(error)),
    );
  }, [element, figure]);
  useEffect(() => {
    if (element === null) return undefined;
    let width = 0;
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.round(entry?.contentRect.width ?? 0);
      if (now === 0 || now === width) return;
      width = now;
      void Plotly.Plots.resize(element).catch(() => undefined);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      Plotly.purge(element);
    };
  }, [element]);

  const save = async (format: "png" | "svg"): Promise<void> => {
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    download(`figure.${format}`, await Plotly.toImage(element, { format, width, height, scale: format === "png" ? 2 : 1 }));
  };
  return (
    <figure className="out-figure" aria-label={t("figure")}>
      <Dropdown
        trigger={["click"]}
        placement="bottomRight"
        menu={{ items: (["png", "svg"] as const).map((format) => ({ key: format, label: format.toUpperCase(), onClick: () => void save(format) })) }}
      >
        <Button className="out-save" type="text" size="small" icon={<DownloadOutlined aria-hidden />} aria-label={t("saveFigure")} title={t("saveFigure")} />
      </Dropdown>
      {wrong !== null && <pre className="out-text out-stderr">{wrong}</pre>}
      <div ref={setElement} style={{ minHeight: Number(figure.layout.height) }} />
    </figure>
  );
}

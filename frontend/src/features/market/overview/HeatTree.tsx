import { useCallback, useEffect, useEffectEvent, useMemo, useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { tooltipRows } from "@/features/optimisations/logic/html";
import { Chart, type EChartsType } from "@/ui/chart";
import { formatCompact, formatPercent } from "@/ui/format";

import type { HeatBoard } from "./api";
import { overviewTexts } from "./i18n";
import { heatColour, heatNodes, type HeatNode } from "./logic";

interface HeatTreeProps {
  boards: readonly HeatBoard[];
  label: string;
  exportName: string;
  /** One board is shown with all of its shares. */
  single: boolean;
  onBoard: (code: string) => void;
  onShare: (symbol: string) => void;
}

interface Drawn {
  data?: HeatNode;
  name?: string;
}

const signed = (change: number) => formatPercent(change, { sign: true });

/** Boards and their shares as areas: as large as their amount, coloured by their change. */
export function HeatTree({ boards, label, exportName, single, onBoard, onShare }: HeatTreeProps) {
  const t = overviewTexts.useText();
  const language = useLanguage();
  const [chart, setChart] = useState<EChartsType | null>(null);
  const nodes = useMemo(() => heatNodes(boards, (count) => t("others", { count })), [boards, t]);

  const choose = useEffectEvent(({ data }: Drawn) => {
    if (data?.symbol !== undefined) onShare(data.symbol);
    else if (data?.board !== undefined && !single) onBoard(data.board);
  });
  useEffect(() => {
    if (chart === null) return;
    const listen = (event: unknown) => choose(event as Drawn);
    chart.on("click", listen);
    return () => {
      if (!chart.isDisposed()) chart.off("click", listen);
    };
  }, [chart]);

  const option = useCallback(
    (theme: Theme) => {
      const { palette, up, down } = theme;
      const colours = { neutral: palette.hairline, up, down };
      const paint = (node: HeatNode): object => ({
        ...node,
        itemStyle: { color: heatColour(node.change, colours) },
        children: node.children?.map(paint),
      });
      const text = ({ data, name }: Drawn) => (data === undefined ? (name ?? "") : `${data.name}\n${signed(data.change)}`);
      const heading = ({ data, name }: Drawn) => (data === undefined ? (name ?? "") : `${data.name}  ${signed(data.change)}`);
      const top = single ? (nodes[0]?.children ?? []) : nodes;
      return {
        tooltip: {
          trigger: "item",
          axisPointer: { type: "none" },
          formatter: ({ data }: Drawn) =>
            data === undefined
              ? ""
              : tooltipRows(data.symbol === undefined ? data.name : `${data.name} ${data.symbol}`, [
                  [t("change"), signed(data.change)],
                  [t("amount"), formatCompact(data.value, language)],
                ]),
        },
        series: [
          {
            type: "treemap",
            name: label,
            roam: false,
            nodeClick: false,
            breadcrumb: { show: false },
            left: 0,
            right: 0,
            top: 0,
            bottom: 0,
            data: top.map(paint),
            label: { show: true, color: palette.text, fontSize: 11, lineHeight: 15, formatter: text, overflow: "truncate" },
            upperLabel: { show: !single, height: 20, color: palette.text, fontSize: 12, fontWeight: 600, formatter: heading, overflow: "truncate" },
            itemStyle: { borderColor: palette.surface, borderWidth: 1, gapWidth: 1 },
            emphasis: {
              label: { color: palette.text },
              upperLabel: { show: !single, color: palette.text },
              itemStyle: { borderColor: palette.text },
            },
            // The first level is the map itself.
            levels: [{ upperLabel: { show: false }, itemStyle: { borderWidth: 0, gapWidth: single ? 1 : 3 } }, { itemStyle: { gapWidth: 1 } }],
          },
        ],
      };
    },
    [nodes, single, label, language, t],
  );

  return (
    <Chart
      label={label}
      option={option}
      count={single ? (nodes[0]?.children?.length ?? 0) : nodes.length}
      height={440}
      exportName={exportName}
      onChart={setChart}
      hideTitle
      sheet={() => ({
        headers: [t("board"), t("symbol"), t("name"), t("change"), t("amount")],
        rows: boards.flatMap((board) => board.shares.map((share) => [board.name, share.symbol, share.name, share.change, share.amount])),
      })}
    />
  );
}

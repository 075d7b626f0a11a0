import { ArrowLeftOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { Change, formatDate, Money } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { heatQuery, type BoardChoice, type DayChoice, type HeatBoard, type HeatMap } from "./api";
import { HeatTree } from "./HeatTree";
import { overviewTexts } from "./i18n";

const HEIGHT = 474;

interface HeatProps {
  choice: DayChoice;
  onOpen: (symbol: string) => void;
}

/** Industries or concepts of the day: all at once, or one with all of its shares. */
export function Heat({ choice, onOpen }: HeatProps) {
  const t = overviewTexts.useText();
  const [kind, setKind] = useState<BoardChoice>("industry");
  const [board, setBoard] = useState<string | null>(null);
  const all = useQuery(heatQuery(choice, kind, null));
  const one = useQuery({ ...heatQuery(choice, kind, board), enabled: board !== null });
  const whole = all.data;
  const inside = board === null ? undefined : whole?.boards.find(({ code }) => code === board);
  const shown = inside === undefined ? whole?.boards : one.data?.boards[0]?.code === board ? one.data.boards : [inside];

  return (
    <section className="panel" aria-label={t("heat")}>
      <div className="panel-title">
        <h2>
          {inside === undefined ? (
            t("heat")
          ) : (
            <>
              <Button size="small" icon={<ArrowLeftOutlined aria-hidden />} onClick={() => setBoard(null)}>
                {t("back")}
              </Button>{" "}
              {inside.name} <Change value={inside.change} />
            </>
          )}
        </h2>
        <Segmented<BoardChoice>
          size="small"
          aria-label={t("board")}
          value={kind}
          options={[
            { value: "industry", label: t("industry") },
            { value: "concept", label: t("concept") },
          ]}
          onChange={(chosen) => {
            setKind(chosen);
            setBoard(null);
          }}
        />
      </div>
      <div className="panel-body">
        {whole === undefined && all.error !== null && (
          <ErrorPanel title={t("boardsError")} error={all.error} onRetry={() => void all.refetch()} />
        )}
        {whole === undefined && all.error === null && <Loading height={HEIGHT} />}
        {whole?.boards.length === 0 && <NoBoards market={whole.market} />}
        {whole !== undefined && shown !== undefined && shown.length > 0 && (
          <div className="heat">
            <HeatTree
              boards={shown}
              single={inside !== undefined}
              label={inside === undefined ? t("heat") : inside.name}
              exportName={`${whole.date}-${kind}`}
              onBoard={setBoard}
              onShare={onOpen}
            />
            <div className="heat-side">
              {inside === undefined ? (
                <Boards boards={whole.boards} onBoard={setBoard} />
              ) : (
                <Shares board={shown[0] ?? inside} onOpen={onOpen} />
              )}
            </div>
            <Foot heat={whole} />
          </div>
        )}
      </div>
    </section>
  );
}

function NoBoards({ market }: { market: HeatMap["market"] }) {
  const t = overviewTexts.useText();
  return (
    <Empty
      title={t("noBoards")}
      action={
        <Link to="/data">
          <Button>{t("emptyAction")}</Button>
        </Link>
      }
    >
      {t(market === "demo" ? "noBoardsDemo" : "noBoardsText")}
    </Empty>
  );
}

function Foot({ heat }: { heat: HeatMap }) {
  const t = overviewTexts.useText();
  return (
    <p className="heat-foot soft">
      <span>{t("heatNote")}</span>
      <span className="heat-scale" aria-hidden="true">
        −5% <i /> +5%
      </span>
      {heat.boards_as_of !== null && <span>{t("boardsAsOf", { date: formatDate(heat.boards_as_of.slice(0, 10)), source: heat.source ?? "" })}</span>}
      {heat.unassigned > 0 && <span>{t("unassigned", { count: heat.unassigned })}</span>}
    </p>
  );
}

function Boards({ boards, onBoard }: { boards: readonly HeatBoard[]; onBoard: (code: string) => void }) {
  const t = overviewTexts.useText();
  const columns = useMemo<readonly Column<HeatBoard>[]>(
    () => [
      { key: "name", title: t("board"), value: ({ name }) => name, width: "minmax(84px, 1fr)" },
      { key: "change", title: t("change"), numeric: true, value: ({ change }) => change, render: ({ change }) => <Change value={change} />, width: "84px" },
      { key: "upDown", title: t("upDown"), numeric: true, value: ({ advancing }) => advancing, render: ({ advancing, declining }) => `${advancing}/${declining}`, width: "80px" },
    ],
    [t],
  );
  return (
    <DataTable
      label={t("board")}
      columns={columns}
      rows={boards}
      rowKey={({ code }) => code}
      maxHeight={408}
      initialSort={{ key: "change", descending: true }}
      onRowClick={({ code }) => onBoard(code)}
    />
  );
}

function Shares({ board, onOpen }: { board: HeatBoard; onOpen: (symbol: string) => void }) {
  const t = overviewTexts.useText();
  const columns = useMemo<readonly Column<HeatBoard["shares"][number]>[]>(
    () => [
      { key: "name", title: t("name"), value: ({ name }) => name, width: "minmax(76px, 1fr)" },
      { key: "change", title: t("change"), numeric: true, value: ({ change }) => change, render: ({ change }) => <Change value={change} />, width: "84px" },
      { key: "amount", title: t("amount"), numeric: true, value: ({ amount }) => amount, render: ({ amount }) => <Money value={amount} digits={1} />, width: "80px" },
    ],
    [t],
  );
  return (
    <DataTable
      label={board.name}
      columns={columns}
      rows={board.shares}
      rowKey={({ symbol }) => symbol}
      maxHeight={408}
      initialSort={{ key: "change", descending: true }}
      onRowClick={({ symbol }) => onOpen(symbol)}
    />
  );
}

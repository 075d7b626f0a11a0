import { CloudDownloadOutlined, ExperimentOutlined, ExportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Tooltip } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { Change, formatAge, formatInstant, formatPrice } from "@/ui/format";
import { Page } from "@/ui/Page";
import { ErrorPanel, Loading, Skeleton } from "@/ui/state";

import { stockQuery, type InstrumentDetail } from "../api";
import { ProductLink } from "../futures/ProductLink";
import { marketTexts } from "../i18n";
import { useMarketPrefs } from "../store";
import { StarButton } from "../watchlists/StarButton";
import { ActionsCard } from "./ActionsCard";
import { NotStored } from "./NotStored";
import { RulesCard } from "./RulesCard";
import { DayTags, InstrumentTags } from "./Tags";
import { Unknown } from "./Unknown";
import { useFetching, useWhyNotFetch } from "./useFetching";

const StockChart = lazy(() => import("./StockChart"));
const OriginCard = lazy(() => import("./OriginCard"));
const CompanyPanel = lazy(() => import("../fundamentals/CompanyPanel"));

/** One instrument: what it is, its last day, its K-line; or how to get its bars. */
export function StockView({ symbol }: { symbol: string }) {
  const t = marketTexts.useText();
  const { data: stock, error, refetch } = useQuery(stockQuery(symbol));
  const visited = useMarketPrefs((prefs) => prefs.visited);

  useEffect(() => {
    if (stock != null) visited(stock);
  }, [stock, visited]);

  if (stock === null) {
    return (
      <Page title={symbol}>
        <Unknown symbol={symbol} />
      </Page>
    );
  }
  if (stock === undefined && error !== null) {
    return (
      <Page title={symbol}>
        <ErrorPanel title={t("stockError")} error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (stock === undefined) {
    return (
      <Page title={symbol} fill extra={<Skeleton width={240} height={20} />}>
        <section className="panel market-chart">
          <Loading height="100%" />
        </section>
      </Page>
    );
  }
  return <Known key={stock.symbol} stock={stock} />;
}

function Known({ stock }: { stock: InstrumentDetail }) {
  const t = marketTexts.useText();
  const navigate = useNavigate();
  const [picked, setPicked] = useState<string | null>(null);
  return (
    <Page
      title={stock.name}
      fill
      extra={<Figures stock={stock} />}
      actions={
        <>
          {stock.kind === "future" && <ProductLink symbol={stock.symbol} />}
          {stock.stored && (
            <>
              <StarButton symbol={stock.symbol} name={stock.name} />
              <UpdateButton stock={stock} />
              <Button
                icon={<ExportOutlined aria-hidden />}
                onClick={() => void navigate(`/data?tab=export&symbols=${encodeURIComponent(stock.symbol)}`)}
              >
                {t("export")}
              </Button>
              <Button
                type="primary"
                icon={<ExperimentOutlined aria-hidden />}
                onClick={() => void navigate(`/strategies?symbols=${encodeURIComponent(stock.symbol)}`)}
              >
                {t("addToBacktest")}
              </Button>
            </>
          )}
        </>
      }
    >
      {stock.stored || stock.minutes.length > 0 ? (
        <Suspense fallback={<section className="panel market-chart"><Loading height="100%" /></section>}>
          <StockChart stock={stock} onPick={setPicked} />
        </Suspense>
      ) : (
        <NotStored
          symbol={stock.symbol}
          kind={stock.kind}
          simulated={stock.simulated}
          title={t("notStoredTitle", { symbol: stock.symbol })}
          text={t("notStoredText")}
        />
      )}
      {stock.kind === "stock" && (
        <Suspense fallback={<section className="panel"><Loading height={480} /></section>}>
          <CompanyPanel stock={stock} />
        </Suspense>
      )}
      {stock.kind !== "index" && <ActionsCard symbol={stock.symbol} />}
      <RulesCard stock={stock} />
      {stock.stored && (
        <Suspense fallback={null}>
          <OriginCard stock={stock} picked={picked} onPick={setPicked} />
        </Suspense>
      )}
    </Page>
  );
}

/** Symbol, tags, the last close, and where the bars are from. */
function Figures({ stock }: { stock: InstrumentDetail }) {
  const t = marketTexts.useText();
  const language = useLanguage();
  const [now] = useState(() => Date.now());
  const way = (stock.change ?? 0) > 0 ? "up" : (stock.change ?? 0) < 0 ? "down" : undefined;
  return (
    <>
      <code className="market-symbol">{stock.symbol}</code>
      <InstrumentTags stock={stock} />
      <DayTags stock={stock} />
      {stock.last_close !== null && (
        <span className="market-price" title={t("lastDay", { date: stock.last_date ?? "" })}>
          <strong className={way}>{formatPrice(stock.last_close, stock.price_tick)}</strong> <Change value={stock.change} />{" "}
          <span className="soft">{stock.last_date}</span>
        </span>
      )}
      {stock.stored && (
        <span className="market-origin soft">
          <span title={t("span", { first: stock.first_date ?? "", last: stock.last_date ?? "" })}>
            {t("barsCount", { count: stock.bars.toLocaleString("en-US") })}
          </span>
          {stock.source !== null && <span>{t("source", { source: stock.source })}</span>}
          <span title={formatInstant(stock.updated_at)}>{t("updated", { age: formatAge(stock.updated_at, now, language) })}</span>
        </span>
      )}
    </>
  );
}

/** Fetch the newest bars; when that fails, what is stored stays and its age is told. */
function UpdateButton({ stock }: { stock: InstrumentDetail }) {
  const t = marketTexts.useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const why = useWhyNotFetch(stock);
  const fetching = useFetching(stock.symbol, () => void message.success(t("fetchDone", { symbol: stock.symbol })));
  const [now] = useState(() => Date.now());
  if (why === "updateSimulated" || why === "updateKind") return null;
  const failure =
    fetching.failure !== null ? localText(fetching.failure, "message", language) : fetching.error !== null ? explain(fetching.error).message : null;
  return (
    <>
      {failure !== null && !fetching.busy && (
        <Alert
          type="warning"
          showIcon
          title={t("fetchFailedKept", { age: formatAge(stock.updated_at, now, language) })}
          description={failure}
          className="market-kept"
        />
      )}
      {fetching.busy && (
        <span className="market-fetching">
          <JobProgress live={fetching.live} />
        </span>
      )}
      <Tooltip title={t(why ?? "updateTip")}>
        <Button icon={<CloudDownloadOutlined aria-hidden />} loading={fetching.busy} disabled={why !== null} onClick={fetching.start}>
          {t("update")}
        </Button>
      </Tooltip>
    </>
  );
}

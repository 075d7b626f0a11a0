import { SwapOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { Link, useSearchParams } from "react-router";

import { ProjectDiff } from "@/features/strategies/files/ProjectDiff";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { backtestQuery, codeQuery, diffQuery, type Backtest, type ReportDiff } from "../api";
import { MetricsDiff, RowsDiff, SettingsDiff } from "../compare/DiffTables";
import { EquityDiffChart } from "../compare/EquityDiff";
import { compareTexts } from "../compare/i18n";
import "../components/report.css";
import "../report/sections.css";

/** What differs between two backtests: settings, metrics, equity, code, orders and fills. */
export default function ComparePage() {
  const t = compareTexts.useText();
  const [search, setSearch] = useSearchParams();
  const a = search.get("a") ?? "";
  const b = search.get("b") ?? "";
  const both = a !== "" && b !== "";
  const left = useQuery({ ...backtestQuery(a), enabled: both });
  const right = useQuery({ ...backtestQuery(b), enabled: both });
  const diff = useQuery({ ...diffQuery(a, b), enabled: both });
  const error = left.error ?? right.error ?? diff.error;
  const retry = () => {
    for (const query of [left, right, diff]) if (query.isError) void query.refetch();
  };
  const content = () => {
    if (!both) {
      return (
        <Empty title={t("missing")} action={<Link to="/backtests">{t("toList")}</Link>}>
          {t("missingText")}
        </Empty>
      );
    }
    if (left.data !== undefined && right.data !== undefined && diff.data !== undefined) {
      return <Compared a={left.data} b={right.data} diff={diff.data} />;
    }
    return error === null ? <Loading height={640} /> : <ErrorPanel title={t("error")} error={error} onRetry={retry} />;
  };
  return (
    <Page
      title={t("title")}
      actions={
        both && (
          <Button icon={<SwapOutlined aria-hidden />} onClick={() => setSearch({ a: b, b: a }, { replace: true })}>
            {t("swap")}
          </Button>
        )
      }
    >
      {content()}
    </Page>
  );
}

function Compared({ a, b, diff }: { a: Backtest; b: Backtest; diff: ReportDiff }) {
  const t = compareTexts.useText();
  const name = (letter: string, { name: own }: Backtest) => `${letter} ${own}`;
  const names = [name(t("a"), a), name(t("b"), b)] as const;
  return (
    <>
      <dl className="report-spec">
        {([[t("a"), a], [t("b"), b]] as const).map(([letter, run]) => (
          <div key={letter}>
            <dt>{letter}</dt>
            <dd>
              <Link to={`/backtests/${run.id}`}>{run.name}</Link>{" "}
              <span className="soft">
                {run.strategy_name} v{run.version} · {run.spec.start} – {run.spec.end}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {diff.identical && <Alert type="success" showIcon title={t("identical")} />}
      <section className="panel panel-body">
        <EquityDiffChart equity={diff.equity} names={names} id={`${a.id}-${b.id}`} />
      </section>
      <div className="report-columns compare-columns">
        <section className="panel">
          <div className="panel-title">
            <h2>{t("metrics")}</h2>
          </div>
          <div className="panel-body">
            <MetricsDiff metrics={diff.metrics} />
          </div>
        </section>
        <section className="panel">
          <div className="panel-title">
            <h2>{t("settings")}</h2>
          </div>
          <div className="panel-body">
            <SettingsDiff settings={diff.settings} />
          </div>
        </section>
      </div>
      <CodeBlock a={a} b={b} code={diff.code} />
      <RowsDiff label={t("orders")} diff={diff.orders} id={`orders-${a.id}-${b.id}`} />
      <RowsDiff label={t("fills")} diff={diff.fills} id={`fills-${a.id}-${b.id}`} />
    </>
  );
}

const CODE_HEIGHT = 420;

function CodeBlock({ a, b, code }: { a: Backtest; b: Backtest; code: ReportDiff["code"] }) {
  const t = compareTexts.useText();
  const original = useQuery({ ...codeQuery(a.strategy_id, a.version), enabled: code.changed });
  const modified = useQuery({ ...codeQuery(b.strategy_id, b.version), enabled: code.changed });
  const failed = original.error ?? modified.error;
  return (
    <section className="panel">
      <div className="panel-title">
        <h2>{t("code")}</h2>
        {code.changed && <span className="soft">{t("codeChanged", { added: code.added, removed: code.removed })}</span>}
      </div>
      {!code.changed ? (
        <p className="panel-body soft">{t("codeSame")}</p>
      ) : original.data !== undefined && modified.data !== undefined ? (
        <ProjectDiff original={original.data} modified={modified.data} label={t("code")} height={CODE_HEIGHT} />
      ) : failed !== null ? (
        <ErrorPanel title={t("codeError")} error={failed} onRetry={() => void Promise.all([original.refetch(), modified.refetch()])} />
      ) : (
        <Loading height={CODE_HEIGHT} />
      )}
    </section>
  );
}

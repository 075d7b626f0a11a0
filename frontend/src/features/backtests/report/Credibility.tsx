import { CheckCircleFilled, CloseCircleFilled, CopyOutlined, InfoCircleOutlined, WarningFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";

import { localText, useLanguage } from "@/app/i18n/local";
import { formatNumber, formatPercent } from "@/ui/format";

import { lookaheadQuery, significanceQuery, type Backtest, type BacktestResult, type BadgeItem } from "../api";
import { Assumptions } from "../components/Assumptions";
import { reportTexts } from "./i18n";
import { LookaheadBlock } from "./LookaheadBlock";
import { Older } from "./Older";
import { SmallTable } from "./SmallTable";
import "./sections.css";

const SHORT_HASH = 12;

function SeverityIcon({ severity }: { severity: BadgeItem["severity"] }) {
  return severity === "warning" ? <WarningFilled aria-hidden /> : <InfoCircleOutlined aria-hidden />;
}

/** In one line at the top of a report: what may make its figures too good. */
export function BadgeStrip({ result, backtest, onOpen }: { result: BacktestResult; backtest: Backtest; onOpen: () => void }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const { badge = [], analysis = null } = result;
  const { data: check } = useQuery(lookaheadQuery(backtest.strategy_id, backtest.version));
  const cheats = check?.state === "look_ahead";
  if (analysis === null && badge.length === 0 && !cheats) return null;
  const warnings = badge.filter(({ severity }) => severity === "warning");
  const notes = badge.length - warnings.length;
  return (
    <div className="badge-strip" role="group" aria-label={t("section.credibility")}>
      <strong>{t("section.credibility")}</strong>
      {cheats && (
        <span className="badge-tag" data-severity="danger" title={check.words[language]}>
          <CloseCircleFilled aria-hidden /> {t("lookahead.look_ahead")}
        </span>
      )}
      {warnings.length === 0 && !cheats && (
        <span className="badge-tag" data-severity="clean">
          <CheckCircleFilled aria-hidden /> {t("clean")}
        </span>
      )}
      {warnings.map((item) => (
        <span key={item.code} className="badge-tag" data-severity="warning" title={localText(item, "message", language)}>
          <SeverityIcon severity="warning" />
          {t("severity.warning")} · {t(`badge.${item.code}`)}
        </span>
      ))}
      {notes > 0 && (
        <span className="badge-tag">
          <SeverityIcon severity="info" />
          {t("notes", { count: notes })}
        </span>
      )}
      <Button type="link" size="small" onClick={onOpen}>
        {t("seeAll")}
      </Button>
    </div>
  );
}

/** Whether the figures can be believed: checks, significance, how to get them again, and how orders were filled. */
export function CredibilitySection({ result, backtest }: { result: BacktestResult; backtest: Backtest }) {
  const t = reportTexts.useText();
  const { id } = backtest;
  return (
    <div className="report-section">
      <BadgeBlock result={result} />
      <LookaheadBlock backtest={backtest} />
      <Significance id={id} />
      <CapsuleBlock result={result} id={id} />
      <div className="report-block">
        <h3>{t("assumptions")}</h3>
        <Assumptions assumptions={result.assumptions} />
      </div>
    </div>
  );
}

function BadgeBlock({ result: { badge = [], analysis = null } }: { result: BacktestResult }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  return (
    <div className="report-block">
      <h3>{t("badge")}</h3>
      {badge.length > 0 ? (
        <ul className="badge-list">
          {badge.map((item) => (
            <li key={item.code}>
              <span className="severity" data-severity={item.severity}>
                <SeverityIcon severity={item.severity} />
                {t(`severity.${item.severity}`)}
              </span>
              <strong>{t(`badge.${item.code}`)}</strong>
              <span>{localText(item, "message", language)}</span>
            </li>
          ))}
        </ul>
      ) : analysis === null ? (
        <Older />
      ) : (
        <p className="soft">{t("badgeNone")}</p>
      )}
    </div>
  );
}

function Significance({ id }: { id: string }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const { data } = useQuery(significanceQuery(id));
  if (data === null || data === undefined) return null;
  const { deflated, words, distinct } = data;
  return (
    <div className="report-block">
      <h3>{t("significance")}</h3>
      <p>
        {words[language]} {deflated?.words[language]}
      </p>
      {deflated !== null && (
        <dl className="fact-row">
          <div>
            <dt>{t("deflated")}</dt>
            <dd title={t("deflatedHelp")}>{formatPercent(deflated.probability, { digits: 1 })}</dd>
          </div>
          <div>
            <dt>{t("sharpe")}</dt>
            <dd>{formatNumber(deflated.sharpe)}</dd>
          </div>
          <div>
            <dt>{t("expectedLuck")}</dt>
            <dd>{formatNumber(deflated.expected_best_of_luck)}</dd>
          </div>
          <div>
            <dt>{t("tries")}</dt>
            <dd>{distinct}</dd>
          </div>
          <div>
            <dt>{t("effectiveTries")}</dt>
            <dd>{formatNumber(deflated.effective_trials, { digits: 1 })}</dd>
          </div>
        </dl>
      )}
    </div>
  );
}

function CopyButton({ text, name, worded = false }: { text: string; name: string; worded?: boolean }) {
  const t = reportTexts.useText();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t("copied"));
  };
  const label = t("copy", { name });
  return (
    <Button type="text" size="small" icon={<CopyOutlined aria-hidden />} aria-label={label} title={label} onClick={() => void copy()}>
      {worded && t("copyAll")}
    </Button>
  );
}

function CapsuleBlock({ result: { capsule = null, code_sha256, data_sha256, versions }, id }: { result: BacktestResult; id: string }) {
  const t = reportTexts.useText();
  const facts: [string, string][] = [
    [t("capsule.code"), capsule?.code_sha256 ?? code_sha256],
    [t("capsule.data"), capsule?.data_sha256 ?? data_sha256],
    ...(capsule === null
      ? []
      : ([
          [t("capsule.rules"), capsule.rules_version],
          [t("capsule.result"), capsule.result_sha256],
          [t("capsule.seed"), String(capsule.seed)],
        ] as [string, string][])),
  ];
  const all = JSON.stringify(capsule ?? { code_sha256, data_sha256, versions }, null, 2);
  const command = `quantdesk backtest rerun ${id}`;
  return (
    <div className="report-block">
      <h3>{t("capsule")}</h3>
      <p className="soft">
        {t("capsuleHelp")} <CopyButton text={all} name={t("capsule")} worded />
      </p>
      <SmallTable
        label={t("capsule")}
        rows={[...facts, [t("capsule.versions"), Object.entries(capsule?.versions ?? versions).map(([name, version]) => `${name} ${version}`).join(" · ")] as [string, string]]}
        rowKey={([name]) => name}
        columns={[
          { key: "name", title: t("kind"), render: ([name]) => name },
          {
            key: "value",
            title: "",
            render: ([name, value]) => (
              <>
                <code title={value}>{/^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, SHORT_HASH)}…` : value}</code> <CopyButton text={value} name={name} />
              </>
            ),
          },
        ]}
      />
      <div className="command">
        <span className="soft">{t("rerun")}</span>
        <code>{command}</code>
        <CopyButton text={command} name={t("rerun")} />
      </div>
    </div>
  );
}

import { Alert, App, Button, Progress, Tooltip } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { formatExact, formatInstant } from "@/ui/format";

import { useTestSource, type HostHealth, type SourcesOverview, type SourceStanding, type SourceTest } from "./api";
import { sourceTexts } from "./i18n";
import { isFailing, isUnused, usedFirst } from "./logic";
import { useSourceName } from "./names";

/** A row a host, the sources in the order in which they are asked; those that are off say why. */
export function HostTable({ overview }: { overview: SourcesOverview }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const { notification } = App.useApp();
  const test = useTestSource();
  const [told, setTold] = useState<SourceTest | null>(null);
  const run = (source: string) =>
    test.mutate(source, {
      onSuccess: setTold,
      onError: (error) => notification.error({ title: t("testError"), description: explain(error).message, duration: 0 }),
    });
  return (
    <>
      {told !== null && <TestResult told={told} onClose={() => setTold(null)} />}
      {/* A region that scrolls sideways is reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="sources-scroll" role="region" aria-label={t("sources")} tabIndex={0}>
        <table className="sources-table">
          <thead>
            <tr>
              {(["columnSource", "columnHost", "columnState", "columnSuccess", "columnError", "columnToday"] as const).map((key) => (
                <th key={key} scope="col">
                  {t(key)}
                </th>
              ))}
              <th aria-hidden />
            </tr>
          </thead>
          <tbody>
            {overview.sources.map((source) => {
              const { shown, rest } = usedFirst(source.hosts);
              return (shown.length === 0 ? [null] : shown).map((host, at) => (
                <tr key={`${source.source}-${host?.host ?? ""}`} data-first={at === 0}>
                  <th scope="row">{at === 0 ? name(source.source) : ""}</th>
                  <Host source={source} host={host} rest={at === shown.length - 1 ? rest : []} />
                  <td>
                    {at === 0 && source.off === null && (
                      <Button
                        size="small"
                        aria-label={`${t("test")} ${name(source.source)}`}
                        loading={test.isPending && test.variables === source.source}
                        disabled={test.isPending}
                        onClick={() => run(source.source)}
                      >
                        {t("test")}
                      </Button>
                    )}
                  </td>
                </tr>
              ));
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Host({ source, host, rest }: { source: SourceStanding; host: HostHealth | null; rest: readonly HostHealth[] }) {
  const t = sourceTexts.useText();
  if (host === null || source.off !== null)
    return (
      <>
        <td className="sources-host">{host?.host ?? (source.off === null ? t("local") : <span className="soft">{t(`off.${source.off}`)}</span>)}</td>
        <td>
          <State tone={source.off === null ? "ready" : "off"} />
        </td>
        <td colSpan={3}>{host !== null && source.off !== null && <span className="soft">{t(`off.${source.off}`)}</span>}</td>
      </>
    );
  const resting = host.state === "open" || host.requests_today >= host.ceiling;
  const used = host.requests_today / host.ceiling;
  const tone = resting ? "resting" : isUnused(host) ? "untried" : isFailing(host) ? "failing" : "ready";
  return (
    <>
      <td className="sources-host">
        {host.host}
        {rest.length > 0 && (
          <div className="soft sources-small" title={rest.map((one) => one.host).join("\n")}>
            {t("otherHosts", { count: rest.length })}
          </div>
        )}
      </td>
      <td>
        <State tone={tone} />
        {host.state === "open" && host.open_until !== null && (
          <div className="soft sources-small">{t("restsUntil", { at: formatInstant(host.open_until, { seconds: false }) })}</div>
        )}
      </td>
      <td className="nowrap">{host.last_success === null ? <span className="soft">{t("never")}</span> : formatInstant(host.last_success, { seconds: false })}</td>
      <td>
        {host.last_error_kind === null ? (
          <span className="soft">{t("never")}</span>
        ) : (
          <Tooltip title={host.last_error}>
            <button type="button" className="plain-button sources-error">
              {t(`kind.${host.last_error_kind}`)} <span className="soft nowrap">{formatInstant(host.last_error_at, { seconds: false })}</span>
            </button>
          </Tooltip>
        )}
      </td>
      <td className="sources-today">
        <span>{t("todayOf", { count: formatExact(host.requests_today), ceiling: formatExact(host.ceiling) })}</span>
        <Progress percent={Math.min(100, used * 100)} showInfo={false} size="small" status={used >= 1 ? "exception" : "normal"} aria-label={t("columnToday")} />
      </td>
    </>
  );
}

function State({ tone }: { tone: "ready" | "resting" | "off" | "untried" | "failing" }) {
  const t = sourceTexts.useText();
  return (
    <span className="sources-state" data-tone={tone}>
      {t(`state.${tone}`)}
    </span>
  );
}

function TestResult({ told, onClose }: { told: SourceTest; onClose: () => void }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const what = [t(`dataset.${told.dataset}`), told.symbol, told.first === null ? null : `${told.first} – ${told.last ?? ""}`]
    .filter((part) => part !== null)
    .join(" ");
  return told.ok ? (
    <Alert
      type="success"
      showIcon
      closable={{ onClose }}
      title={t("testOk", {
        source: name(told.source),
        what,
        rows: formatExact(told.rows),
        ms: formatExact(told.milliseconds),
        cached: told.from_cache ? t("testCached") : "",
      })}
    />
  ) : (
    <Alert
      type="warning"
      showIcon
      closable={{ onClose }}
      title={t("testFailed", { source: name(told.source), reason: told.error_kind === null ? "" : t(`kind.${told.error_kind}`) })}
      description={told.message}
    />
  );
}

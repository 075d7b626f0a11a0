import { App, Button, Modal } from "antd";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { api, idempotencyKey, unwrap } from "@/api/client";
import { explain } from "@/api/errors";
import type { Backtest } from "@/features/backtests/api";

import { strategyTexts } from "../i18n";
import { newestFinished } from "../logic/runs";

const PAGES = 5;

interface CompareRunsProps {
  strategyId: string;
  one: number;
  two: number;
}

/** Find the newest finished run of each version, and open them side by side; run what is missing with equal settings. */
export function CompareRuns({ strategyId, one, two }: CompareRunsProps) {
  const t = strategyTexts.useText();
  const navigate = useNavigate();
  const { notification } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [runs, setRuns] = useState<readonly Backtest[] | null>(null);
  const failed = (error: unknown) => notification.error({ title: t("actionFailed"), description: explain(error).message, duration: 0 });

  const look = async () => {
    setBusy(true);
    try {
      const found = await runsOf(strategyId);
      const [first, second] = [newestFinished(found, one), newestFinished(found, two)];
      if (first !== null && second !== null) void navigate(`/backtests/compare?a=${first.id}&b=${second.id}`);
      else setRuns(found);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  const model = runs === null ? null : (newestFinished(runs, two) ?? newestFinished(runs, one) ?? newestFinished(runs));
  const runBoth = async () => {
    if (model === null) return;
    setBusy(true);
    try {
      for (const version of [one, two]) {
        // The parameters are left out: each version has its own, with its own defaults.
        const spec = { ...model.spec, params: {} };
        await unwrap(
          api.POST("/api/v1/backtests", {
            params: { header: { "Idempotency-Key": idempotencyKey() } },
            body: { strategy_id: strategyId, version, name: "", spec },
          }),
        );
      }
      void navigate(`/backtests?strategy=${strategyId}`);
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };

  const missing = runs === null ? [] : [one, two].filter((version) => newestFinished(runs, version) === null);
  return (
    <>
      <Button loading={busy && runs === null} onClick={() => void look()}>
        {t("compareRuns")}
      </Button>
      <Modal
        open={runs !== null}
        title={t("compareRunsTitle")}
        onCancel={() => setRuns(null)}
        okText={t("runBoth")}
        cancelText={t("cancel")}
        okButtonProps={{ disabled: model === null, loading: busy }}
        onOk={() => void runBoth()}
      >
        <p>{t("runsMissing", { versions: missing.map((version) => t("version", { number: version })).join(t("listComma")) })}</p>
        {model === null ? (
          <p>
            {t("runsNone")} <Link to={`/strategies/${strategyId}`}>{t("settings")}</Link>
          </p>
        ) : (
          <p className="soft">
            {t("runsSettings", { symbol: model.spec.symbols[0] ?? "", count: model.spec.symbols.length, start: model.spec.start, end: model.spec.end })}
          </p>
        )}
      </Modal>
    </>
  );
}

async function runsOf(strategyId: string): Promise<Backtest[]> {
  const found: Backtest[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES; page += 1) {
    const answer: { items: Backtest[]; next_cursor?: string | null } = await unwrap(
      api.GET("/api/v1/backtests", { params: { query: { strategy_id: strategyId, cursor, limit: 200 } } }),
    );
    found.push(...answer.items);
    cursor = answer.next_cursor ?? null;
    if (cursor === null) break;
  }
  return found;
}

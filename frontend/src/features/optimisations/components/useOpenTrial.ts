import { App } from "antd";
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";
import type { Backtest } from "@/features/backtests/api";
import { useLiveBacktest } from "@/features/backtests/components/LiveRun";
import { isFinished, type LiveJob } from "@/features/jobs/api";

import { useRunTrial } from "../api";
import { optimisationTexts } from "../i18n";

export interface OpenTrial {
  open: (number: number) => void;
  busy: boolean;
  /** The backtest under way, or that did not succeed. */
  backtest: Backtest | null;
  live: LiveJob;
}

/** Run a trial's parameters as a backtest of its own, and go to its report when it is there. */
export function useOpenTrial(id: string): OpenTrial {
  const t = optimisationTexts.useText();
  const navigate = useNavigate();
  const { notification } = App.useApp();
  const run = useRunTrial(id);
  const [backtest, setBacktest] = useState<Backtest | null>(null);
  const live = useLiveBacktest(backtest);
  const job = live.job ?? backtest?.job ?? null;
  const go = useEffectEvent((path: string) => void navigate(path));
  const done = backtest !== null && job?.state === "succeeded" ? backtest.id : null;
  useEffect(() => {
    if (done !== null) go(`/backtests/${done}`);
  }, [done]);
  return {
    open: (number) =>
      run.mutate(number, {
        onSuccess: setBacktest,
        onError: (error) => notification.error({ title: t("openFailed"), description: explain(error).message, duration: 0 }),
      }),
    busy: run.isPending || (job !== null && !isFinished(job)),
    backtest,
    live,
  };
}

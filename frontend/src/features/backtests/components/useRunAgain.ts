import { App } from "antd";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";

import { useCreateBacktest, type Backtest } from "../api";
import { backtestTexts } from "../i18n";

/** Run a backtest again with the same version and settings, and go to the new one. */
export function useRunAgain() {
  const t = backtestTexts.useText();
  const navigate = useNavigate();
  const { message, notification } = App.useApp();
  const create = useCreateBacktest();
  return {
    pending: create.isPending,
    run: ({ strategy_id, version, name, spec }: Backtest) =>
      create.mutate(
        { strategy_id, version, name, spec },
        {
          onSuccess: ({ id }) => {
            void message.success(t("againStarted"));
            void navigate(`/backtests/${id}`);
          },
          onError: (error) => notification.error({ title: t("startFailed"), description: explain(error).message, duration: 0 }),
        },
      ),
  };
}

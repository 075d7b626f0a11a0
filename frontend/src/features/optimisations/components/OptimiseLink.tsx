import { DotChartOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { Link } from "react-router";

import { optimisationTexts } from "../i18n";

type OptimiseLinkProps = { strategyId: string } | { backtestId: string };

/** Search the parameters of a strategy, or those of a backtest on its settings. */
export function OptimiseLink(props: OptimiseLinkProps) {
  const t = optimisationTexts.useText();
  const from = "strategyId" in props ? `strategy=${props.strategyId}` : `backtest=${props.backtestId}`;
  return (
    <Link to={`/backtests/optimisations/new?${from}`}>
      <Button icon={<DotChartOutlined aria-hidden />} tabIndex={-1}>
        {t("optimise")}
      </Button>
    </Link>
  );
}

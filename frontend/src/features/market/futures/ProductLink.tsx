import { ClusterOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useNavigate } from "react-router";

import { futuresTexts } from "./i18n";
import { productOf } from "./logic";

/** From a contract, or an imported main series, to its product. */
export function ProductLink({ symbol }: { symbol: string }) {
  const t = futuresTexts.useText();
  const navigate = useNavigate();
  return (
    <Button icon={<ClusterOutlined aria-hidden />} onClick={() => void navigate(`/market/futures/${encodeURIComponent(productOf(symbol))}`)}>
      {t("openProduct")}
    </Button>
  );
}

import { Tooltip } from "antd";

import type { Instrument, InstrumentDetail } from "../api";
import { marketTexts } from "../i18n";

/** What an instrument is: kind or board, simulated, delisted, without data. */
export function InstrumentTags({ stock, brief = false }: { stock: Instrument; brief?: boolean }) {
  const t = marketTexts.useText();
  return (
    <>
      <span className="tag">{stock.board !== null ? t(`board.${stock.board}`) : t(`kind.${stock.kind}`)}</span>
      {stock.simulated && (
        <Tooltip title={brief ? "" : t("simulatedTip")}>
          <span className="tag" data-tone="primary">
            {t("simulated")}
          </span>
        </Tooltip>
      )}
      {stock.delist_date !== null && (
        <span className="tag" data-tone="warning">
          {brief ? t("delisted") : t("delistedOn", { date: stock.delist_date })}
        </span>
      )}
      {!stock.stored && <span className="tag">{t("notStored")}</span>}
    </>
  );
}

/** What holds for its last stored day. */
export function DayTags({ stock }: { stock: InstrumentDetail }) {
  const t = marketTexts.useText();
  return (
    <>
      {stock.suspended === true && (
        <span className="tag" data-tone="warning">
          {t("suspended")}
        </span>
      )}
      {stock.is_st === true && (
        <span className="tag" data-tone="warning">
          {t("st")}
        </span>
      )}
    </>
  );
}

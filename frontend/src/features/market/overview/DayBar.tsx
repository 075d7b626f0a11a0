import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { Button, DatePicker, Segmented } from "antd";
import dayjs from "dayjs";

import type { DayChoice, MarketDay, MarketName } from "./api";
import { overviewTexts } from "./i18n";

const FORMAT = "YYYY-MM-DD";

interface DayBarProps {
  day: MarketDay;
  onChoose: (choice: Partial<DayChoice>) => void;
}

/** Which market and which day is shown. */
export function DayBar({ day, onChoose }: DayBarProps) {
  const t = overviewTexts.useText();
  return (
    <>
      {day.markets.length > 1 && (
        <Segmented<MarketName>
          aria-label={t("market")}
          value={day.market}
          options={day.markets.map((value) => ({ value, label: t(`market.${value}`) }))}
          onChange={(market) => onChoose({ market, date: null })}
        />
      )}
      <span className="day-bar">
        <Button
          icon={<LeftOutlined aria-hidden />}
          aria-label={t("previous")}
          title={t("previous")}
          disabled={day.previous === null}
          onClick={() => onChoose({ date: day.previous })}
        />
        <DatePicker
          aria-label={t("day")}
          format={FORMAT}
          allowClear={false}
          value={dayjs(day.date)}
          minDate={dayjs(day.first)}
          maxDate={dayjs(day.last)}
          onChange={(chosen) => onChoose({ date: chosen?.format(FORMAT) ?? null })}
        />
        <Button
          icon={<RightOutlined aria-hidden />}
          aria-label={t("next")}
          title={t("next")}
          disabled={day.next === null}
          onClick={() => onChoose({ date: day.next })}
        />
        <Button disabled={day.date === day.last} onClick={() => onChoose({ date: null })}>
          {t("newest")}
        </Button>
      </span>
    </>
  );
}

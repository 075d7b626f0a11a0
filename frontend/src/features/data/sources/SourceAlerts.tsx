import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";

import { alertsQuery, useSourceEvents, type SourceEvent } from "./api";
import { sourceTexts } from "./i18n";
import { useSourceName } from "./names";
import "./sources.css";

const SHOWN = 3;

/** What went wrong with the sources within a day and is not over; nothing where all is well. */
export function SourceAlerts({ onShow }: { onShow: () => void }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const { data } = useQuery(alertsQuery);
  useSourceEvents();
  const events = (data?.items ?? []).filter(({ error_kind }) => error_kind !== "unknown_symbol");
  if (events.length === 0) return null;
  const line = ({ source, dataset, error_kind, next_source }: SourceEvent) =>
    t("alertLine", {
      source: name(source),
      dataset: t(`dataset.${dataset}`),
      kind: t(`kind.${error_kind}`),
      next: next_source === null ? t("alertNobody") : t("alertNext", { source: name(next_source) }),
    });
  return (
    <Alert
      type="warning"
      showIcon
      title={t("alertTitle", { count: new Set(events.map(({ source }) => source)).size })}
      description={
        <ul>
          {events.slice(0, SHOWN).map((event) => (
            <li key={event.id}>{line(event)}</li>
          ))}
        </ul>
      }
      action={
        <Button size="small" onClick={onShow}>
          {t("alertMore")}
        </Button>
      }
    />
  );
}

import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import type { ReactNode } from "react";

import { useLanguage } from "@/app/i18n/local";
import { formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { figureQuery, rowQuery, type CompanyTable, type ReportItem } from "./api";
import { companyTexts } from "./i18n";
import { cellText, formatFigure } from "./logic";

/** What is asked about: a report's figure, or a row of another table. */
export type Asked =
  | { kind: "figure"; item: ReportItem; reportDate: string; label: string }
  | { kind: "row"; dataset: CompanyTable; rowKey: readonly string[]; label: string };

interface ProvenanceDrawerProps {
  symbol: string;
  asked: Asked | null;
  onClose: () => void;
}

/** All versions of a figure: what was told, by whom, and since when it is known here. */
export function ProvenanceDrawer({ symbol, asked, onClose }: ProvenanceDrawerProps) {
  const t = companyTexts.useText();
  return (
    <Drawer open={asked !== null} onClose={onClose} title={t("provenance")} size="min(760px, 94vw)" destroyOnHidden>
      {asked?.kind === "figure" && <FigureVersions symbol={symbol} asked={asked} />}
      {asked?.kind === "row" && <RowVersions symbol={symbol} asked={asked} />}
    </Drawer>
  );
}

function FigureVersions({ symbol, asked }: { symbol: string; asked: Extract<Asked, { kind: "figure" }> }) {
  const t = companyTexts.useText();
  const language = useLanguage();
  const { data, error, refetch } = useQuery(figureQuery(symbol, asked.item.name, asked.reportDate));
  if (error !== null && data === undefined) return <ErrorPanel title={t("provenanceError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={160} />;
  return (
    <Versions
      label={asked.label}
      head={[t("announcedCol"), t("value")]}
      versions={data.versions.map((one) => ({ ...one, cells: [one.announced, formatFigure(one.value, asked.item.unit, language)] }))}
    />
  );
}

function RowVersions({ symbol, asked }: { symbol: string; asked: Extract<Asked, { kind: "row" }> }) {
  const t = companyTexts.useText();
  const { data, error, refetch } = useQuery(rowQuery(symbol, asked.dataset, asked.rowKey));
  if (error !== null && data === undefined) return <ErrorPanel title={t("provenanceError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={160} />;
  return (
    <Versions
      label={asked.label}
      head={[t("content")]}
      versions={data.versions.map((one) => ({
        ...one,
        cells: [
          <dl className="company-row" key="row">
            {Object.entries(one.row).map(([name, value]) => (
              <div key={name}>
                <dt className="soft">{fieldName(name, t)}</dt>
                <dd>{cellText(value)}</dd>
              </div>
            ))}
          </dl>,
        ],
      }))}
    />
  );
}

function fieldName(name: string, t: ReturnType<typeof companyTexts.useText>): string {
  const key = `field.${name}`;
  return companyTexts.has(key) ? t(key) : name;
}

interface Version {
  cells: ReactNode[];
  source: string;
  parser: string;
  fetched_at: string;
  known_from: string;
  known_until: string | null;
}

function Versions({ label, head, versions }: { label: string; head: string[]; versions: Version[] }) {
  const t = companyTexts.useText();
  return (
    <>
      <h3 className="company-asked">{label}</h3>
      {versions.length === 0 ? (
        <p className="soft">{t("noProvenance")}</p>
      ) : (
        <div className="company-scroll">
          <table className="company-plain">
            <thead>
              <tr className="soft">
                {[...head, t("source"), t("fetched"), t("known"), t("parser")].map((title) => (
                  <th scope="col" key={title}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {versions.map((one, at) => (
                <tr key={at}>
                  {one.cells.map((cell, place) => (
                    <td key={place}>{cell}</td>
                  ))}
                  <td>{one.source}</td>
                  <td>{formatInstant(one.fetched_at, { seconds: false })}</td>
                  <td>
                    {formatInstant(one.known_from, { seconds: false })}{" "}
                    {one.known_until === null ? t("holds") : t("until", { until: formatInstant(one.known_until, { seconds: false }) })}
                  </td>
                  <td>
                    <code>{one.parser}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

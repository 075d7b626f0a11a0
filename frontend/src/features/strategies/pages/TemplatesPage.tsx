import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";

import { localText, useLanguage } from "@/app/i18n/local";
import { Change } from "@/ui/format";
import { Page } from "@/ui/Page";
import { ErrorPanel, Loading } from "@/ui/state";

import { templatesQuery, type Template } from "../api";
import { EquityThumb } from "../components/EquityThumb";
import { TemplateDetail } from "../components/TemplateDetail";
import { useBrought } from "../components/useBrought";
import { strategyTexts } from "../i18n";
import "../components/strategies.css";
import "../components/templates.css";

const CATEGORIES = ["trend", "reversion", "breakout", "portfolio", "arbitrage", "model"] as const;
type Chosen = "all" | Template["category"];

/** The gallery of templates: what each teaches, what it risks, what it did on the simulated market. */
export default function TemplatesPage() {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const brought = useBrought();
  const [search, setSearch] = useSearchParams();
  const templates = useQuery(templatesQuery);
  const category = (search.get("category") ?? "all") as Chosen;
  const items = useMemo(
    () => templates.data?.items.filter((item) => category === "all" || item.category === category) ?? [],
    [templates.data, category],
  );
  const shown = items.find(({ id }) => id === search.get("t")) ?? items[0];
  const go = (changed: Record<string, string>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(changed)) next.set(key, value);
    setSearch(next, { replace: true });
  };

  const body = () => {
    if (templates.isError) return <ErrorPanel title={t("templatesError")} error={templates.error} onRetry={() => void templates.refetch()} />;
    if (templates.data === undefined) return <Loading rows={12} />;
    return (
      <div className="gallery">
        <ul className="gallery-list" aria-label={t("templates")}>
          {items.map((item) => (
            <li key={item.id}>
              <button type="button" aria-current={item.id === shown?.id} onClick={() => go({ t: item.id })}>
                <strong>{localText(item, "name", language)}</strong>
                <span className="soft">{t(`category.${item.category}`)}</span>
                {item.result != null && (
                  <>
                    <EquityThumb
                      equity={item.result.equity}
                      benchmark={item.result.benchmark}
                      height={36}
                      label={t("thumbLabel", { name: localText(item, "name", language) })}
                    />
                    <span className="gallery-return">
                      <Change value={item.result.total_return} />
                    </span>
                  </>
                )}
              </button>
            </li>
          ))}
        </ul>
        {shown !== undefined && <TemplateDetail key={shown.id} template={shown} search={brought.search} />}
      </div>
    );
  };

  return (
    <Page
      title={t("templates")}
      fill
      actions={
        <Link to={`/strategies${brought.search}`}>
          <Button type="text">{t("toList")}</Button>
        </Link>
      }
    >
      <div className="filters">
        <Segmented<Chosen>
          aria-label={t("categories")}
          value={category}
          onChange={(value) => go({ category: value, t: "" })}
          options={[{ value: "all", label: t("category.all") }, ...CATEGORIES.map((value) => ({ value, label: t(`category.${value}`) }))]}
        />
        <span className="soft">{t("galleryNote")}</span>
      </div>
      {body()}
    </Page>
  );
}

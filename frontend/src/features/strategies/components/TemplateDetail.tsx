import { Alert, Button, Tag } from "antd";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { CodeEditor } from "@/ui/editor";
import { Change } from "@/ui/format";

import { useCreateStrategy, type Template } from "../api";
import { strategyTexts } from "../i18n";
import { EquityThumb } from "./EquityThumb";

/** One template, whole: what it does, teaches and risks, its parameters, its result and its code. */
export function TemplateDetail({ template, search }: { template: Template; search: string }) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const navigate = useNavigate();
  const create = useCreateStrategy();
  const name = localText(template, "name", language);
  const use = () =>
    create.mutate(
      { name, description: "", files: [], template: template.id },
      { onSuccess: (strategy) => void navigate(`/strategies/${strategy.id}${search}`) },
    );
  return (
    <article className="panel gallery-detail">
      <header>
        <h2>{name}</h2>
        <Tag>{t(`category.${template.category}`)}</Tag>
        <Tag>{template.backtrader ? "Backtrader" : "quantdesk.sdk"}</Tag>
        <Button type="primary" loading={create.isPending} onClick={use}>
          {t("useThis")}
        </Button>
      </header>
      {create.isError && <Alert type="error" showIcon title={explain(create.error).message} />}
      <p>{localText(template, "description", language)}</p>
      <dl className="gallery-words">
        <dt>{t("teaches")}</dt>
        <dd>{localText(template, "teaches", language)}</dd>
        <dt>{t("risk")}</dt>
        <dd>{localText(template, "risk", language)}</dd>
      </dl>
      <ResultOf template={template} name={name} />
      <h3>{t("parameters")}</h3>
      <div className="archive-scroll">
        <table className="archive-table">
          <thead>
            <tr>
              <th>{t("columnName")}</th>
              <th>{t("parameterHelp")}</th>
              <th className="number">{t("parameterDefault")}</th>
              <th className="number">{t("parameterRange")}</th>
            </tr>
          </thead>
          <tbody>
            {template.parameters.map((parameter) => (
              <tr key={parameter.name}>
                <td>
                  <code>{parameter.name}</code>
                </td>
                <td>{parameter.help}</td>
                <td className="number">{String(parameter.default)}</td>
                <td className="number">{parameter.minimum === null || parameter.maximum === null ? "–" : `${parameter.minimum} – ${parameter.maximum}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>{t("code")}</h3>
      <div className="gallery-code">
        <CodeEditor readOnly value={template.code} label={t("preview", { name })} />
      </div>
    </article>
  );
}

function ResultOf({ template, name }: { template: Template; name: string }) {
  const t = strategyTexts.useText();
  const { result } = template;
  if (result == null) return <p className="soft">{t("noResult")}</p>;
  return (
    <section aria-label={t("resultTitle")}>
      <h3>{t("resultTitle")}</h3>
      <div className="gallery-legend">
        <span data-line="equity">{t("lineStrategy")}</span>
        <span data-line="market">{t("lineMarket")}</span>
      </div>
      <EquityThumb equity={result.equity} benchmark={result.benchmark} height={160} label={t("thumbLabel", { name })} />
      <dl className="gallery-figures">
        <div>
          <dt>{t("figureReturn")}</dt>
          <dd>
            <Change value={result.total_return} />
          </dd>
        </div>
        <div>
          <dt>{t("figureMarket")}</dt>
          <dd>{result.benchmark_return == null ? "–" : <Change value={result.benchmark_return} />}</dd>
        </div>
        <div>
          <dt>{t("figureDrawdown")}</dt>
          <dd>
            <Change value={result.max_drawdown} />
          </dd>
        </div>
        <div>
          <dt>{t("figureSharpe")}</dt>
          <dd>{result.sharpe?.toFixed(2) ?? "–"}</dd>
        </div>
        <div>
          <dt>{t("figureFills")}</dt>
          <dd>{result.fills}</dd>
        </div>
      </dl>
      <p className="soft">
        {t("resultNote", { count: result.symbols.length, start: result.start, end: result.end })}
      </p>
    </section>
  );
}

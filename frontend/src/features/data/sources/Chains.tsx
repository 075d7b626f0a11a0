import type { DatasetChain } from "./api";
import { sourceTexts } from "./i18n";
import { useSourceName } from "./names";

const EXAMPLE = 'QD_SOURCES__ORDER={"stock_daily": ["tencent", "sina", "eastmoney"]}';

/** Who is asked for each kind of data, in which order, and how to change it. */
export function Chains({ chains }: { chains: readonly DatasetChain[] }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  return (
    <section aria-label={t("chains")}>
      <h2>{t("chains")}</h2>
      <p className="soft">
        {t("chainsHelp")} <code className="sources-example">{EXAMPLE}</code>
      </p>
      <dl className="sources-chains">
        {chains.map(({ dataset, sources, chosen }) => (
          <div key={dataset}>
            <dt title={dataset}>
              {t(`dataset.${dataset}`)} {chosen && <span className="badge">{t("chosen")}</span>}
            </dt>
            <dd>{sources.map(name).join(" → ")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, DatePicker, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { useId, useState, type ReactNode } from "react";

import { explain } from "@/api/errors";
import { errorTexts } from "@/api/errors.i18n";
import { useLanguage } from "@/app/i18n/local";
import { formatBytes, formatExact } from "@/ui/format";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { dataTexts } from "../i18n";
import { estimateQuery, useCreateExport, type ExportEstimate } from "./api";
import { exportTexts } from "./i18n";
import { codesOf, initialForm, requestOf, type ExportCreate, type ExportForm as Form } from "./request";

const FORMATS = ["xlsx", "csv", "parquet", "qlib"] as const;
const SCOPES = ["all", "symbols"] as const;
const KINDS = ["stock", "index", "etf", "fund", "future", "crypto"] as const;
const ORIGINS = ["any", "real", "simulated"] as const;
const INTERVALS = ["1d", "1w", "1M"] as const;
const ADJUSTMENTS = ["none", "qfq", "hfq"] as const;
const LANGUAGES = ["zh", "en"] as const;
const DAY = "YYYY-MM-DD";

/** Which bars, in which file; what it comes to is told while the form is filled in. */
export function ExportForm({ symbols }: { symbols: readonly string[] }) {
  const t = exportTexts.useText();
  const kind = dataTexts.useText();
  const language = useLanguage();
  const { notification } = App.useApp();
  const [form, setForm] = useState(() => initialForm(language, symbols));
  const create = useCreateExport();
  const set = (change: Partial<Form>) => setForm((now) => ({ ...now, ...change }));
  const request = requestOf(form);
  const asked = useDebounced(JSON.stringify(request), TYPING_MS);
  const estimate = useQuery(estimateQuery(JSON.parse(asked) as ExportCreate | null));
  const qlib = form.format === "qlib";
  const blocked = request === null || estimate.isError || (estimate.data?.problem ?? null) !== null;

  const start = () => {
    if (request === null) return;
    create.mutate(request, {
      onError: (error) => notification.error({ title: t("createFailed"), description: explain(error).message, duration: 0 }),
    });
  };
  const choices = <Value extends string>(values: readonly Value[], prefix: string) =>
    values.map((value) => ({ value, label: t(`${prefix}.${value}` as Parameters<typeof t>[0]) }));

  return (
    <form
      className="export-form"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <Field label={t("format")}>
        <Segmented
          aria-label={t("format")}
          value={form.format}
          onChange={(format) => set({ format, adjustment: format === "qlib" ? "hfq" : qlib ? "none" : form.adjustment })}
          options={choices(FORMATS, "format")}
        />
      </Field>
      <Field label={t("scope")}>
        <Segmented aria-label={t("scope")} value={form.scope} onChange={(scope) => set({ scope })} options={choices(SCOPES, "scope")} />
      </Field>
      {form.scope === "symbols" ? (
        <Field label={t("symbols")} wide>
          <Select
            mode="tags"
            open={false}
            suffix={null}
            aria-label={t("symbols")}
            placeholder={t("symbolsHelp")}
            tokenSeparators={[",", "，", " ", ";", "、", "\n", "\t"]}
            value={[...form.symbols]}
            onChange={(values: string[]) => set({ symbols: codesOf(values.join(" ")) })}
          />
        </Field>
      ) : (
        <>
          <Field label={t("kinds")}>
            <Select
              mode="multiple"
              aria-label={t("kinds")}
              placeholder={t("kindsAny")}
              value={[...form.kinds]}
              onChange={(kinds) => set({ kinds })}
              options={KINDS.map((value) => ({ value, label: kind(`kind.${value}`) }))}
            />
          </Field>
          <Field label={t("origin")}>
            <Select aria-label={t("origin")} value={form.origin} onChange={(origin) => set({ origin })} options={choices(ORIGINS, "origin")} />
          </Field>
        </>
      )}
      {!qlib && (
        <Field label={t("interval")}>
          <Segmented
            aria-label={t("interval")}
            value={form.interval}
            onChange={(interval) => set({ interval })}
            options={choices(INTERVALS, "interval")}
          />
        </Field>
      )}
      <Day label={t("start")} value={form.start} onChange={(day) => set({ start: day })} />
      <Day label={t("end")} value={form.end} onChange={(day) => set({ end: day })} />
      <Field label={t("adjustment")}>
        <Segmented
          aria-label={t("adjustment")}
          value={form.adjustment}
          onChange={(adjustment) => set({ adjustment })}
          options={choices(ADJUSTMENTS, "adjustment")}
        />
      </Field>
      {form.adjustment === "qfq" && (
        <Day label={t("asOf")} help={t("asOfHelp")} value={form.asOf} onChange={(day) => set({ asOf: day })} />
      )}
      {!qlib && (
        <Field label={t("headers")}>
          <Segmented aria-label={t("headers")} value={form.headers} onChange={(headers) => set({ headers })} options={choices(LANGUAGES, "headers")} />
        </Field>
      )}
      {qlib ? (
        <p className="soft export-wide">{t("qlibHelp")}</p>
      ) : (
        <div className="export-wide export-checks">
          <Checkbox checked={form.perSymbol} onChange={(event) => set({ perSymbol: event.target.checked })}>
            {t("perSymbol")}
          </Checkbox>
          {form.format === "csv" && (
            <Checkbox checked={form.bom} onChange={(event) => set({ bom: event.target.checked })}>
              {t("bom")}
            </Checkbox>
          )}
        </div>
      )}
      <div className="export-wide export-start">
        <Button type="primary" htmlType="submit" loading={create.isPending} disabled={blocked}>
          {t("create")}
        </Button>
        <div className="export-cost" aria-live="polite">
          {request === null ? (
            <span className="soft">{t("chooseSymbols")}</span>
          ) : estimate.isError ? (
            <Alert type="error" showIcon title={explain(estimate.error).message} />
          ) : estimate.data === undefined ? (
            <span className="soft">{t("estimating")}</span>
          ) : (
            <Cost estimate={estimate.data} />
          )}
        </div>
      </div>
    </form>
  );
}

/** What it comes to, or why it cannot be made so. */
function Cost({ estimate }: { estimate: ExportEstimate }) {
  const t = exportTexts.useText();
  const errors = errorTexts.useText();
  if (estimate.problem !== null) return <Alert type="warning" showIcon title={errors(estimate.problem)} />;
  const parts = [
    t("estimate", { rows: formatExact(estimate.rows), symbols: formatExact(estimate.symbols), bytes: formatBytes(estimate.bytes) }),
    estimate.first === null ? null : t("estimateRange", { first: estimate.first, last: estimate.last ?? "" }),
    estimate.sheets > 1 ? t("estimateSheets", { count: estimate.sheets }) : null,
    estimate.files > 1 ? t("estimateFiles", { count: formatExact(estimate.files) }) : null,
    t("estimateFree", { bytes: formatBytes(estimate.free_bytes) }),
  ];
  return <span className="cost">{parts.filter((part) => part !== null).join(" · ")}</span>;
}

function Field({ label, help, wide, children }: { label: string; help?: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide === true ? "export-field export-wide" : "export-field"}>
      <span className="export-label">{label}</span>
      {children}
      {help !== undefined && <span className="soft export-help">{help}</span>}
    </div>
  );
}

function Day({ label, help, value, onChange }: { label: string; help?: string; value: string; onChange: (day: string) => void }) {
  const id = useId();
  return (
    <div className="export-field">
      <label className="export-label" htmlFor={id}>
        {label}
      </label>
      <DatePicker
        id={id}
        format={DAY}
        placeholder={DAY}
        value={value === "" ? null : dayjs(value)}
        onChange={(day) => onChange(day?.format(DAY) ?? "")}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.preventDefault();
        }}
      />
      {help !== undefined && <span className="soft export-help">{help}</span>}
    </div>
  );
}

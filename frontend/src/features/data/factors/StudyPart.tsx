import { useQuery } from "@tanstack/react-query";
import { App, Button, DatePicker, InputNumber, Segmented, Select } from "antd";
import dayjs from "dayjs";
import { lazy, Suspense, useState } from "react";
import { useSearchParams } from "react-router";

import { explain } from "@/api/errors";
import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { summaryQuery } from "../api";
import { codesOf } from "../exports/request";
import { checkQuery, studyQuery, useRunStudy, type Preview, type Universe } from "./api";
import { spanBefore } from "./dates";
import { factorTexts } from "./i18n";

const Findings = lazy(() => import("./Findings"));
const UNIVERSES = ["stocks", "demo", "symbols"] as const satisfies readonly Universe[];

/** Which stocks, which days, which later return; and what came of it. */
export function StudyPart({ expression }: { expression: string }) {
  const t = factorTexts.useText();
  const { notification } = App.useApp();
  const [search, setSearch] = useSearchParams();
  const studyId = search.get("study");
  const { data: summary } = useQuery(summaryQuery);
  const { data: check } = useQuery(checkQuery(expression));
  const onlyDemo = summary !== undefined && summary.symbols > 0 && summary.symbols === summary.simulated_symbols;
  const [chosen, setUniverse] = useState<Universe | null>(null);
  const universe = chosen ?? (onlyDemo ? "demo" : "stocks");
  const [symbols, setSymbols] = useState<string[]>([]);
  const [span, setSpan] = useState<{ start: string; end: string } | null>(null);
  const [horizon, setHorizon] = useState(1);
  const [groups, setGroups] = useState(5);
  const [found, setFound] = useState<{ preview: Preview; horizon: number } | null>(null);
  const run = useRunStudy();
  const study = useQuery(studyQuery(studyId));
  const live = useLiveJob(study.data?.job);
  const job = live.job;
  const { start, end } = span ?? spanBefore(summary?.last ?? null, 3);
  const setStudy = (id: string | null) =>
    setSearch((params) => {
      if (id === null) params.delete("study");
      else params.set("study", id);
      return params;
    }, { replace: true });

  const begin = () =>
    run.mutate(
      { expression, universe, symbols: universe === "symbols" ? symbols : [], start, end, horizon, groups, delay: 1 },
      {
        onSuccess: (answer) => {
          setFound("preview" in answer ? { preview: answer.preview, horizon } : null);
          setStudy("study" in answer ? answer.study.id : null);
        },
        onError: (error) => notification.error({ title: t("runFailed"), description: explain(error).message, duration: 0 }),
      },
    );
  const shown = found ?? (study.data?.preview != null ? { preview: study.data.preview, horizon: study.data.request.horizon } : null);
  const ready = check?.problem === null && (universe !== "symbols" || symbols.length > 0);

  return (
    <section className="factors-study" aria-label={t("study")}>
      <h2>{t("study")}</h2>
      <p className="soft">{t("studyHelp")}</p>
      <form
        className="factors-form"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <div className="form-field">
          <span className="export-label">{t("universe")}</span>
          <Segmented aria-label={t("universe")} value={universe} onChange={setUniverse} options={UNIVERSES.map((value) => ({ value, label: t(`universe.${value}`) }))} />
        </div>
        {universe === "symbols" && (
          <div className="form-field factors-wide">
            <span className="export-label">{t("symbols")}</span>
            <Select
              mode="tags"
              open={false}
              suffix={null}
              aria-label={t("symbols")}
              placeholder={t("symbolsHelp")}
              tokenSeparators={[",", "，", " ", ";", "、", "\n", "\t"]}
              value={symbols}
              onChange={(values: string[]) => setSymbols(codesOf(values.join(" ")))}
            />
          </div>
        )}
        {(["start", "end"] as const).map((name) => (
          <div className="form-field" key={name}>
            <span className="export-label">{t(name)}</span>
            <DatePicker
              aria-label={t(name)}
              allowClear={false}
              value={dayjs(name === "start" ? start : end)}
              onChange={(day) => day != null && setSpan({ start, end, [name]: day.format("YYYY-MM-DD") })}
            />
          </div>
        ))}
        <div className="form-field">
          <span className="export-label">{t("horizon")}</span>
          <InputNumber aria-label={t("horizon")} min={1} max={60} precision={0} value={horizon} suffix={t("horizonUnit")} style={{ width: 136 }} onChange={(value) => setHorizon(value ?? 1)} />
        </div>
        <div className="form-field">
          <span className="export-label">{t("groups")}</span>
          <InputNumber aria-label={t("groups")} min={2} max={20} precision={0} value={groups} suffix={t("groupsUnit")} style={{ width: 96 }} onChange={(value) => setGroups(value ?? 5)} />
        </div>
        <Button type="primary" htmlType="submit" loading={run.isPending} disabled={!ready || (job !== null && !isFinished(job))}>
          {t("run")}
        </Button>
      </form>
      {job !== null && job.state !== "succeeded" && (
        <div className="factors-job">
          {!isFinished(job) && <p className="soft">{t("queued")}</p>}
          <JobProgress live={live} />
          <JobActions job={job} size="middle" />
        </div>
      )}
      {study.isError && <ErrorPanel error={study.error} onRetry={() => setStudy(null)} />}
      {shown === null && job === null && !run.isPending && !study.isLoading && <Empty title={t("empty")}>{t("emptyText")}</Empty>}
      {run.isPending && shown === null && <Loading height={320} />}
      {shown !== null && (
        <Suspense fallback={<Loading height={320} />}>
          <Findings {...shown} />
        </Suspense>
      )}
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { App, Input, Modal, Segmented, Select } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";
import { useDebounced } from "@/ui/useDebounced";

import { planQuery, useCreateRefresh, type RefreshBody, type RefreshPlan } from "./api";
import { refreshTexts } from "./i18n";
import { bodyOf, DATASETS, EVERYTHING, minutesText, SCOPES, symbolsIn, type Choice, type Dataset } from "./logic";
import { useDatasetName } from "./names";
import { PlanTable } from "./PlanTable";

const TYPING_MS = 500;

/** Choose what to refresh, see what it will cost, and begin. */
export function RunDialog({ onClose }: { onClose: () => void }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const { message, notification } = App.useApp();
  const [choice, setChoice] = useState<Choice>("everything");
  const [text, setText] = useState("");
  const [datasets, setDatasets] = useState<Dataset[]>([]);
  const typed = useDebounced(text, TYPING_MS);
  const body = bodyOf(choice, symbolsIn(typed), datasets);
  const plan = useQuery({ ...planQuery(body ?? EVERYTHING), enabled: body !== null });
  const create = useCreateRefresh();
  const shown = body === null ? undefined : plan.data;

  const run = async (chosen: RefreshBody) => {
    try {
      await create.mutateAsync(chosen);
      void message.success(t("started"));
      onClose();
    } catch (error) {
      notification.error({ title: t("startFailed"), description: explain(error).message, duration: 0 });
    }
  };

  return (
    <Modal
      open
      width={760}
      title={t("runTitle", { day: plan.data?.day ?? "" })}
      okText={t("run")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: shown === undefined || shown.fetches === 0 || plan.isPlaceholderData || plan.isError, loading: create.isPending }}
      onOk={() => body !== null && run(body)}
      onCancel={onClose}
    >
      <div className="refresh-dialog">
        <Segmented<Choice> aria-label={t("scope")} value={choice} onChange={setChoice} options={SCOPES.map((value) => ({ value, label: t(`scope.${value}`) }))} />
        {choice === "symbols" && (
          <label className="refresh-field">
            <span>{t("symbolsField")}</span>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} value={text} onChange={(event) => setText(event.target.value)} />
            <span className="soft">{t("symbolsHelp")}</span>
          </label>
        )}
        {choice === "datasets" && (
          <label className="refresh-field">
            <span>{t("datasetsField")}</span>
            <Select<Dataset[]>
              mode="multiple"
              aria-label={t("datasetsField")}
              value={datasets}
              onChange={setDatasets}
              options={DATASETS.map((value) => ({ value, label: nameOf(value) }))}
              showSearch={{ optionFilterProp: "label" }}
            />
            <span className="soft">{t("datasetsHelp")}</span>
          </label>
        )}
        {body === null ? (
          <p className="soft">{t("chooseFirst")}</p>
        ) : plan.isError ? (
          <ErrorPanel title={t("planError")} error={plan.error} onRetry={() => void plan.refetch()} />
        ) : shown === undefined ? (
          <Loading rows={6} />
        ) : (
          <Cost plan={shown} />
        )}
      </div>
    </Modal>
  );
}

/** What the plan costs: in requests and minutes, by dataset and by source. */
function Cost({ plan }: { plan: RefreshPlan }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const requests = plan.datasets.reduce((sum, one) => sum + one.requests, 0);
  const later = plan.datasets.reduce((sum, one) => sum + one.later, 0);
  const missing = plan.datasets.filter(({ sources }) => sources.length === 0);
  const budgets = plan.budgets.filter(({ needed }) => needed > 0);
  return (
    <>
      <p>
        <strong>
          {plan.fetches === 0
            ? t("nothing")
            : t("total", { count: formatExact(plan.fetches), requests: formatExact(requests), minutes: formatExact(minutesText(plan.minutes)) })}
        </strong>
      </p>
      <PlanTable datasets={plan.datasets.filter(({ sources }) => sources.length > 0)} />
      {later > 0 && <p className="soft">{t("later", { count: formatExact(later) })}</p>}
      {missing.length > 0 && <p className="soft">{t("missing", { names: missing.map(({ dataset }) => nameOf(dataset)).join("、") })}</p>}
      {budgets.map(({ source, used, needed, ceiling }) => (
        <p key={source} className="soft">
          {t("budget", { source, used: formatExact(used), needed: formatExact(needed), ceiling: formatExact(ceiling) })}
        </p>
      ))}
    </>
  );
}

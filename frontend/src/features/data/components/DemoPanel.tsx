import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useEffect } from "react";

import { idempotencyKey } from "@/api/client";
import { explain } from "@/api/errors";
import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";

import { summaryQuery, useCreateDemo, useDeleteDemo, useRefreshData } from "../api";
import { dataTexts } from "../i18n";
import "./data.css";

/** Make, make again or remove the simulated market. */
export function DemoPanel() {
  const t = dataTexts.useText();
  const { modal, message, notification } = App.useApp();
  const summary = useQuery(summaryQuery);
  const create = useCreateDemo();
  const remove = useDeleteDemo();
  const refresh = useRefreshData();
  const live = useLiveJob(create.data);
  const { job } = live;
  const running = job !== null && !isFinished(job);
  const ended = job !== null && isFinished(job);
  const count = summary.data?.simulated_symbols ?? 0;

  useEffect(() => {
    if (ended) void refresh();
    // Once, when the job has ended.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ended]);

  const failed = (error: unknown) => notification.error({ title: t("demoFailed"), description: explain(error).message, duration: 0 });
  const confirmRemove = () =>
    modal.confirm({
      title: t("demoRemoveTitle"),
      content: t("demoRemoveText", { count }),
      okText: t("demoRemove"),
      okButtonProps: { danger: true },
      cancelText: t("cancel"),
      onOk: async () => {
        try {
          await remove.mutateAsync();
          void message.success(t("demoRemoved"));
        } catch (error) {
          failed(error);
        }
      },
    });

  return (
    <div className="panel-body demo">
      <h2>{t("demoTitle")}</h2>
      <p>{t("demoText")}</p>
      <Alert type="warning" showIcon title={t("demoWarning")} />
      <p className="soft">{summary.data === undefined ? "" : count > 0 ? t("demoNow", { count }) : t("demoNone")}</p>
      {job !== null && running && <JobProgress live={live} />}
      {job?.error != null && <JobErrorText error={job.error} />}
      <div className="inspection-buttons">
        <Button type="primary" loading={create.isPending} disabled={running} onClick={() => create.mutate(idempotencyKey(), { onError: failed })}>
          {t(count > 0 ? "demoAgain" : "demoCreate")}
        </Button>
        {job !== null && running && <JobActions job={job} size="middle" />}
        {count > 0 && !running && (
          <Button danger onClick={confirmRemove}>
            {t("demoRemove")}
          </Button>
        )}
      </div>
    </div>
  );
}

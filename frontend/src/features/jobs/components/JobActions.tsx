import { App, Button } from "antd";

import { explain } from "@/api/errors";

import { isCancellable, isRetryable, useCancelJob, useRetryJob, type Job } from "../api";
import { jobTexts } from "../i18n";

interface JobActionsProps {
  job: Job;
  size?: "small" | "middle";
}

/** Cancel a job under way, or try a failed one again. */
export function JobActions({ job, size = "small" }: JobActionsProps) {
  const t = jobTexts.useText();
  const { notification, message } = App.useApp();
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const failed = (title: string) => (error: unknown) =>
    notification.error({ title, description: explain(error).message, duration: 0 });

  if (isRetryable(job)) {
    return (
      <Button
        size={size}
        loading={retry.isPending}
        onClick={() =>
          retry.mutate(job.id, {
            onSuccess: () => void message.success(t("retried")),
            onError: failed(t("retryFailed")),
          })
        }
      >
        {t("retry")}
      </Button>
    );
  }
  if (isCancellable(job) || job.state === "cancelling") {
    const pending = cancel.isPending || job.state === "cancelling";
    return (
      <Button
        size={size}
        danger
        loading={pending}
        onClick={() => cancel.mutate(job.id, { onError: failed(t("cancelFailed")) })}
      >
        {t(pending ? "cancelling" : "cancel")}
      </Button>
    );
  }
  return null;
}

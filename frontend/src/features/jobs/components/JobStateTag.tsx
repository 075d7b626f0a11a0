import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  LoadingOutlined,
  MinusCircleFilled,
} from "@ant-design/icons";
import type { ReactNode } from "react";

import type { JobState } from "../api";
import { jobTexts } from "../i18n";
import "./jobs.css";

const ICONS: Record<JobState, ReactNode> = {
  queued: <ClockCircleOutlined />,
  running: <LoadingOutlined />,
  cancelling: <LoadingOutlined />,
  succeeded: <CheckCircleFilled />,
  failed: <CloseCircleFilled />,
  cancelled: <MinusCircleFilled />,
};

/** The state of a job: icon and word, coloured. */
export function JobStateTag({ state }: { state: JobState }) {
  const t = jobTexts.useText();
  return (
    <span className="job-state" data-state={state}>
      <span aria-hidden="true">{ICONS[state]}</span> {t(`state.${state}`)}
    </span>
  );
}

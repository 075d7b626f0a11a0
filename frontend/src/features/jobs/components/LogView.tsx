import { VerticalAlignBottomOutlined } from "@ant-design/icons";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Select } from "antd";
import { useEffect, useMemo, useRef, useState, type CSSProperties } from "react";

import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { isFinished, useJobLog, type Job, type JobLog } from "../api";
import { jobTexts } from "../i18n";
import { clockTime } from "../logic/clock";
import "./jobs.css";

const LINE_HEIGHT = 20;
/** Within this distance of the end the reader is taken to follow. */
const NEAR_END = 2 * LINE_HEIGHT;

interface JobLogViewProps {
  job: Job | null;
  height?: CSSProperties["height"];
}

/** The log of a job, live while it runs. */
export function JobLogView({ job, height = 320 }: JobLogViewProps) {
  const t = jobTexts.useText();
  const log = useJobLog(job);
  if (log.data === undefined && log.isError) {
    return <ErrorPanel title={t("logError")} error={log.error} onRetry={() => void log.refetch()} />;
  }
  if (log.data === undefined) return <Loading height={height} />;
  if (log.data.lines.length === 0) {
    return (
      <div style={{ height }}>
        {job !== null && isFinished(job) ? (
          <Empty title={t("logNone")} />
        ) : (
          <Empty title={t("logEmpty")}>{job?.state === "queued" ? t("logEmptyText") : undefined}</Empty>
        )}
      </div>
    );
  }
  return <LogLines log={log.data} height={height} />;
}

const SERIOUS = new Set(["warning", "error"]);

function LogLines({ log, height }: { log: JobLog; height: CSSProperties["height"] }) {
  const t = jobTexts.useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [level, setLevel] = useState<"all" | "warning">("all");
  const lines = useMemo(
    () => (level === "all" ? log.lines : log.lines.filter((line) => SERIOUS.has(line.level))),
    [log.lines, level],
  );
  // The library's instance has methods that must not be memoised; React's compiler is not in use here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    measureElement: (element) => element.getBoundingClientRect().height,
    overscan: 20,
    initialRect: { width: 600, height: 320 },
  });

  useEffect(() => {
    if (following && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [following, lines.length, virtual]);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END);
  };

  return (
    <div className="job-log" style={{ height }}>
      <div className="job-log-tools">
        <Select
          size="small"
          aria-label={t("logFilter")}
          value={level}
          onChange={setLevel}
          popupMatchSelectWidth={false}
          options={[
            { value: "all", label: t("levelAll") },
            { value: "warning", label: t("levelWarning") },
          ]}
        />
        {log.truncated && <span className="soft">{t("logTruncated")}</span>}
        <Button
          size="small"
          type="text"
          icon={<VerticalAlignBottomOutlined aria-hidden />}
          disabled={following}
          onClick={() => setFollowing(true)}
        >
          {t(following ? "following" : "follow")}
        </Button>
      </div>
      {/* A log is read by scrolling it, also with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={scroller} className="job-log-scroll" role="log" aria-label={t("log")} tabIndex={0} onScroll={onScroll}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const line = lines[index];
            if (line === undefined) return null;
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                data-level={line.level}
                className="job-log-line"
                style={{ transform: `translateY(${start}px)` }}
              >
                <time dateTime={line.at}>{clockTime(line.at)}</time>
                <span>{line.text}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

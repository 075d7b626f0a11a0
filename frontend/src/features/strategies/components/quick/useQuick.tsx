import { ThunderboltOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";

import { backtestTexts } from "@/features/backtests/i18n";
import type { BacktestDraft, Fault, Parameter } from "@/features/backtests/logic/form";
import { Loading } from "@/ui/state";
import { useDebounced } from "@/ui/useDebounced";

import { inspectionQuery } from "../../api";
import type { Project } from "../../logic/project";
import type { DockEntry } from "../ide/BottomDock";
import { useIdeLayout } from "../ide/layout";
import { quickTexts } from "./i18n";
import { quickRequest } from "./request";
import { useQuickChoice } from "./store";
import { useQuickRun } from "./useQuickRun";

const QuickPanel = lazy(() => import("./QuickPanel"));

/** Typing has paused when nothing was changed for so long. */
const PAUSE_MS = 600;

interface QuickOptions {
  /** The code as it stands in the editor. */
  project: Project;
  /** The form beside it. */
  draft: BacktestDraft;
  /** Of the strategy class, as last inspected. */
  parameters: readonly Parameter[];
  onGoTo: (line: number, file?: string) => void;
}

/** The dock's panel of quick runs; Ctrl/⌘ Shift Enter runs from anywhere on the page. */
export function useQuick({ project, draft, parameters, onGoTo }: QuickOptions): DockEntry {
  const t = quickTexts.useText();
  const b = backtestTexts.useText();
  const client = useQueryClient();
  const { dock, showDock } = useIdeLayout();
  const auto = useQuickChoice((choice) => choice.auto);
  const quick = useQuickRun();
  const [fault, setFault] = useState<Fault | null>(null);

  const start = (known: readonly Parameter[]) => {
    const made = quickRequest(project, draft, known);
    setFault("fault" in made ? made.fault : null);
    if ("body" in made) void quick.run(made.body);
  };
  const now = () => {
    showDock("quick");
    // Code typed a moment ago may have other parameters than the form still shows.
    start(client.getQueryData(inspectionQuery(project.code).queryKey)?.parameters ?? parameters);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    now();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    // Before the editor sees the key: there it would insert a line.
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const following = auto && dock === "quick";
  const asked = useMemo(() => ({ project, draft }), [project, draft]);
  const rested = useDebounced(asked, PAUSE_MS);
  const inspected = useQuery({ ...inspectionQuery(rested.project.code), enabled: following });
  const sound = following && rested === asked && inspected.data?.errors.length === 0 && inspected.data.class_name !== null;
  const ran = useRef<typeof asked | null>(null);
  const follow = useEffectEvent(() => {
    if (ran.current === asked || inspected.data === undefined) return;
    ran.current = asked;
    start(inspected.data.parameters);
  });
  useEffect(() => {
    if (sound) follow();
  }, [sound, asked]);

  return {
    key: "quick",
    label: t("quick"),
    hint: t("hint", { keys: t("keys") }),
    icon: <ThunderboltOutlined aria-hidden />,
    content: (
      <Suspense fallback={<Loading height={232} />}>
        <QuickPanel quick={quick} draft={draft} blocked={fault === null ? null : t("blockedForm", { fault: b(fault) })} onRun={now} onGoTo={onGoTo} />
      </Suspense>
    ),
  };
}

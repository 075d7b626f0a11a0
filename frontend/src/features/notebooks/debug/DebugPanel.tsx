import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import type { ReactNode } from "react";

import { localText, useLanguage } from "@/app/i18n/local";

import type { Kernel } from "../useKernel";
import { BreakpointList } from "./BreakpointList";
import { CallStack } from "./CallStack";
import { CurrentBar } from "./CurrentBar";
import { DebugToolbar, type How } from "./DebugToolbar";
import { debugTexts } from "./i18n";
import type { Frame, Phase } from "./logic/session";
import type { Chosen, Settings } from "./logic/settings";
import { scopesQuery, type Standing } from "./queries";
import { StartForm } from "./StartForm";
import type { useBreakpoints } from "./useBreakpoints";
import { VariableNode } from "./VariableTree";
import { Watches } from "./Watches";
import "./debug.css";

interface DebugPanelProps {
  kernel: Kernel;
  phase: Phase;
  at: Standing | null;
  frame: Frame | null;
  points: ReturnType<typeof useBreakpoints>;
  /** The code is no longer what runs. */
  changed: boolean;
  settings: Settings;
  blocked: string | undefined;
  onChoose: (chosen: Chosen) => void;
  onStart: () => void;
  onCell: () => void;
  onStep: (how: How) => void;
  onFrame: (frame: Frame) => void;
  onGoTo: (line: number, path: string) => void;
  onOutput: () => void;
}

/** The debugger beside the editor. */
export function DebugPanel({ kernel, phase, at, frame, points, changed, settings, blocked, onChoose, onStart, onCell, onStep, onFrame, onGoTo, onOutput }: DebugPanelProps) {
  const t = debugTexts.useText();
  const idle = phase === "none" || phase === "ended";
  const stop = at?.stop ?? null;
  return (
    <div className="debug">
      <DebugToolbar phase={phase} blocked={blocked ?? (settings.fault === null ? undefined : t(settings.fault))} onStart={onStart} onCell={onCell} onStep={onStep} />
      <State kernel={kernel} phase={phase} changed={changed} onOutput={onOutput} />
      {idle && <StartForm settings={settings} onChange={onChoose} />}
      {stop?.bar != null && (
        <Section title={t("bar")}>
          <CurrentBar bar={stop.bar} adjust={settings.adjust} />
        </Section>
      )}
      <Section title={t("variables")}>
        {at === null || frame === null ? <p className="soft">{t("variablesNone")}</p> : <Variables at={at} frame={frame.id} />}
      </Section>
      <Section title={t("watch")}>
        <Watches at={at} frame={frame?.id ?? null} watches={points.watches} onChange={points.setWatches} />
      </Section>
      <Section title={t("stack")}>
        {stop === null ? <p className="soft">{t("stackNone")}</p> : <CallStack key={stop.number} frames={stop.frames} chosen={frame?.id ?? null} onChoose={onFrame} />}
      </Section>
      <Section title={t("breakpoints")}>
        <BreakpointList
          breakpoints={points.breakpoints}
          hint={points.hint}
          onGoTo={onGoTo}
          onPut={points.put}
          onRemove={points.remove}
          onEdit={(breakpoint, place) => points.edit({ breakpoint, at: place })}
        />
        {points.breakpoints.length > 1 && (
          <Button type="link" size="small" onClick={points.removeAll}>
            {t("removeAll")}
          </Button>
        )}
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details open>
      <summary>{title}</summary>
      <div className="debug-section">{children}</div>
    </details>
  );
}

/** Where it stands, in words. */
function State({ kernel, phase, changed, onOutput }: { kernel: Kernel; phase: Phase; changed: boolean; onOutput: () => void }) {
  const t = debugTexts.useText();
  const language = useLanguage();
  const { debug, window, line, refused } = kernel;
  const { run, stop } = debug;
  const status = run?.status;
  const gone = phase === "ended" && (status === "running" || status === "waiting");
  const why = window.why === null ? null : localText({ why_zh: window.why.zh, why_en: window.why.en }, "why", language);
  const words = () => {
    if (stop !== null) return t(`reason.${stop.reason}`);
    if (phase !== "ended") return t(`phase.${phase}`);
    return gone ? t("kernelGone") : t(`ended.${status === "error" || status === "aborted" ? status : "ok"}`);
  };
  return (
    <div className="debug-state">
      {phase === "none" ? (
        <span className="soft">{t("intro")}</span>
      ) : (
        <span data-phase={phase} role="status">
          {words()}{" "}
          {phase === "ended" && (
            <Button type="link" size="small" onClick={onOutput}>
              {t("openOutput")}
            </Button>
          )}
        </span>
      )}
      {(gone || window.state === "dead") && why !== null && <span>{why}</span>}
      {stop !== null && stop.text !== "" && <pre role="alert">{stop.text}</pre>}
      {stop === null && phase === "ended" && run !== null && run.error !== "" && <pre role="alert">{run.error}</pre>}
      {changed && <Alert type="info" title={t("changed")} />}
      {line === "noHost" && <Alert type="warning" title={t("noHost")} />}
      {line === "waiting" && phase !== "none" && <Alert type="warning" title={t("away")} />}
      {refused !== null && <Alert type="error" title={t("refused", { message: refused })} />}
    </div>
  );
}

/** The variables of a frame by their groups; its own are open. */
function Variables({ at, frame }: { at: Standing; frame: number }) {
  const t = debugTexts.useText();
  const { data, isError, refetch } = useQuery(scopesQuery(at, frame));
  if (isError) {
    return (
      <p className="soft">
        {t("noAnswer")}{" "}
        <Button type="link" size="small" onClick={() => void refetch()}>
          {t("retry")}
        </Button>
      </p>
    );
  }
  return (
    <ul className="debug-tree">
      {(data ?? []).map(({ name, reference }, index) => {
        const known = `scope.${name.toLowerCase()}`;
        return <VariableNode key={`${index} ${name}`} at={at} name={debugTexts.has(known) ? t(known) : name} reference={reference} open={index === 0} />;
      })}
    </ul>
  );
}

import { ConsoleSqlOutlined, ExclamationCircleOutlined, HistoryOutlined, MessageOutlined, SaveOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Space } from "antd";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";

import { ApiError, explain } from "@/api/errors";
import { backtestQuery } from "@/features/backtests/api";
import { useLiveJob } from "@/features/jobs/api";
import { codeErrorOf } from "@/features/backtests/logic/codeError";
import { notebookTexts } from "@/features/notebooks/i18n";
import { useInteractive } from "@/features/notebooks/useInteractive";
import { LedgerLine } from "@/features/optimisations/components/LedgerLine";
import { OptimiseLink } from "@/features/optimisations/components/OptimiseLink";
import { CodeEditor, type CodeMarker } from "@/ui/editor";
import { formatInstant } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { useDebounced } from "@/ui/useDebounced";

import { inspectionQuery, strategyQuery, type StrategyDetail } from "../api";
import { ConflictDialog } from "../components/ConflictDialog";
import { BottomDock, DockButtons, type DockEntry } from "../components/ide/BottomDock";
import { useIdeLayout } from "../components/ide/layout";
import { SidePanel, type SideEntry } from "../components/ide/SidePanel";
import { ExportNotebook } from "../components/ExportNotebook";
import { LeaveGuard } from "../components/LeaveGuard";
import { LookaheadBadge } from "../components/LookaheadBadge";
import { ProblemsList } from "../components/ProblemsList";
import { RenameStrategy } from "../components/RenameStrategy";
import { RunPanel } from "../components/RunPanel";
import { SaveDialog } from "../components/SaveDialog";
import { useBrought } from "../components/useBrought";
import { useEditing } from "../components/useEditing";
import { useLint } from "../components/useLint";
import { VersionsDrawer } from "../components/VersionsDrawer";
import { strategyTexts } from "../i18n";
import { isNearlyTooLarge } from "../logic/size";
import "../components/strategies.css";

const INSPECT_MS = 400;

/** The workbench of one strategy. */
export default function StrategyPage() {
  const t = strategyTexts.useText();
  const { id = "" } = useParams();
  const strategy = useQuery(strategyQuery(id));
  if (strategy.data !== undefined) return <Workbench key={id} strategy={strategy.data} />;
  if (strategy.error instanceof ApiError && strategy.error.status === 404) {
    return <Empty title={t("notFound")} action={<Link to="/strategies">{t("toList")}</Link>} />;
  }
  return (
    <Page title={t("title")} fill>
      {strategy.isError ? (
        <ErrorPanel title={t("loadError")} error={strategy.error} onRetry={() => void strategy.refetch()} />
      ) : (
        <Loading height="100%" />
      )}
    </Page>
  );
}

/** The error of the shown run in the terms of the code, while the editor still holds the code that ran. */
function useRunError(runId: string | null, version: number, dirty: boolean) {
  const { data } = useQuery({ ...backtestQuery(runId ?? ""), enabled: runId !== null });
  const { job } = useLiveJob(data?.job);
  return dirty || data?.version !== version ? null : codeErrorOf(job);
}

/** The line that the address leads to. */
function lineOf(search: URLSearchParams): { line: number } | undefined {
  const line = Number(search.get("line"));
  return Number.isSafeInteger(line) && line > 0 ? { line } : undefined;
}

function Workbench({ strategy }: { strategy: StrategyDetail }) {
  const t = strategyTexts.useText();
  const n = notebookTexts.useText();
  const control = useEditing(strategy);
  const { editing, dirty } = control;
  const [search, setSearch] = useSearchParams();
  const [reveal, setReveal] = useState(() => lineOf(search));
  const [history, setHistory] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [noting, setNoting] = useState(false);
  const runId = search.get("run");
  const brought = useBrought();
  const runError = useRunError(runId, editing.base.version, dirty);

  const rested = useDebounced(editing.code, INSPECT_MS);
  const inspected = useQuery({ ...inspectionQuery(rested), enabled: rested !== strategy.code });
  const inspection = rested === strategy.code ? strategy.inspection : (inspected.data ?? strategy.inspection);
  const { errors, class_name: className, parameters } = inspection;

  const lint = useLint({ code: editing.code, rested, syntaxErrors: errors.length, onChange: control.type });
  const markers = useMemo<CodeMarker[]>(
    () => [
      ...[...errors, ...(runError === null ? [] : [runError])].flatMap(({ line, type, message }) =>
        line === null ? [] : [{ line, message: `${type}: ${message}` }],
      ),
      ...lint.markers,
    ],
    [errors, runError, lint.markers],
  );
  const wrong = errors.length + lint.found.filter(({ severity }) => severity === "error").length;
  const doubtful = errors.length + lint.found.length - wrong;
  const blocked =
    errors.length > 0 ? t("blockedSyntax", { count: errors.length }) : className === null ? t("blockedClass") : undefined;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.shiftKey) void control.save();
    else if (dirty) setNoting(true);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    // From anywhere on the page, also while a field of the form has the focus.
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const tooLarge = useMemo(() => isNearlyTooLarge(rested), [rested]);

  const goTo = (line: number) => setReveal({ line });
  const { dock, showDock } = useIdeLayout();
  const interactive = useInteractive(strategy.id, dock === "interactive", (shown) => showDock(shown ? "interactive" : null), goTo);
  const side: SideEntry[] = [];
  const docked: DockEntry[] = [
    {
      key: "problems",
      label: t("problemsCount", { count: wrong + doubtful }),
      icon: <ExclamationCircleOutlined aria-hidden className={wrong > 0 && dock !== "problems" ? "danger" : undefined} />,
      content: <ProblemsList errors={errors} lint={lint} onGoTo={goTo} />,
    },
    { key: "interactive", label: n("open"), hint: n("openHint"), icon: <ConsoleSqlOutlined aria-hidden />, content: interactive.panel },
  ];
  const saving = editing.save.step === "saving";

  return (
    <Page
      title={strategy.name}
      fill
      extra={
        <>
          {dirty ? (
            <span className="unsaved">{t("unsaved")}</span>
          ) : (
            <>
            <span className="soft">{t(saving ? "saving" : "saved", { number: editing.base.version })}</span>
            <LedgerLine strategyId={strategy.id} />
          </>
          )}
          <LookaheadBadge strategyId={strategy.id} version={editing.base.version} onGoTo={dirty ? undefined : goTo} />
        </>
      }
      actions={
        <>
          <Button type="text" onClick={() => setRenaming(true)}>
            {t("rename")}
          </Button>
          <Button icon={<HistoryOutlined aria-hidden />} onClick={() => setHistory(true)}>
            {t("versions")}
          </Button>
          <Space.Compact>
            <Button icon={<SaveOutlined aria-hidden />} disabled={!dirty} loading={saving} title={t("saveKeys")} onClick={() => void control.save()}>
              {t("saveVersion")}
            </Button>
            <Button
              icon={<MessageOutlined aria-hidden />}
              disabled={!dirty || saving}
              aria-label={t("saveWith")}
              title={`${t("saveWith")} (${t("saveWithKeys")})`}
              onClick={() => setNoting(true)}
            />
          </Space.Compact>
          <ExportNotebook strategy={strategy} />
          <OptimiseLink strategyId={strategy.id} />
        </>
      }
    >
      <div className="ide">
        <SidePanel entries={side} />
        <section className="panel ide-code" aria-label={t("editor", { name: strategy.name })}>
          <div>
            {editing.save.step === "failed" && (
              <Alert
                banner
                type="error"
                title={t("saveFailed")}
                description={explain(editing.save.error).message}
                action={
                  <Button size="small" onClick={() => void control.save()}>
                    {t("tryAgain")}
                  </Button>
                }
              />
            )}
            {control.restoredAt !== null && dirty && (
              <div className="ide-notice" role="status">
                <span>{t("draftRestored", { time: formatInstant(new Date(control.restoredAt).toISOString(), { seconds: false }) })}</span>
                {editing.base.version !== strategy.version && (
                  <span>{t("draftOld", { base: editing.base.version, now: strategy.version })}</span>
                )}
                <Button size="small" type="link" onClick={control.discardDraft}>
                  {t("draftDiscard")}
                </Button>
              </div>
            )}
            {control.draft.found !== null && (
              <div className="ide-notice" role="status">
                <span>{t("draftFound", { time: formatInstant(control.draft.found.updated_at, { seconds: false }) })}</span>
                <Button size="small" type="link" onClick={control.takeFound}>
                  {t("draftTake")}
                </Button>
                <Button size="small" type="link" onClick={control.draft.ignore}>
                  {t("draftIgnore")}
                </Button>
              </div>
            )}
            {control.queued && <Alert banner type="info" title={t("saveQueued")} />}
            {tooLarge && <Alert banner type="warning" title={t("codeLarge")} description={t("codeLargeText")} />}
            {!control.draftKept && dirty && <Alert banner type="warning" title={t("draftFull")} />}
          </div>
          <div className="ide-editor">
            <CodeEditor
              value={editing.code}
              onChange={control.type}
              onFormat={lint.format}
              label={t("editor", { name: strategy.name })}
              markers={markers}
              reveal={reveal}
              {...interactive.editor}
            />
          </div>
          <BottomDock entries={docked} />
          <footer className="ide-status">
            <span>{t("lines", { count: editing.code.split("\n").length })}</span>
            <span>{className === null ? t("noClass") : t("runsClass", { name: className })}</span>
            <span className={wrong > 0 ? "danger" : undefined}>
              {inspected.isError || lint.failed
                ? t("inspectFailed")
                : wrong + doubtful > 0
                  ? t("lintCounts", { errors: wrong, warnings: doubtful })
                  : t("noProblems")}
            </span>
            {dirty && control.draft.state !== "none" && (
              <span className={control.draft.state === "offline" || control.draft.state === "overtaken" ? "unsaved" : undefined} role="status">
                {t(`draft.${control.draft.state}`)}
              </span>
            )}
            <Button size="small" type="text" title={t("formatKeys")} loading={lint.busy} onClick={lint.format}>
              {t("format")}
            </Button>
            <kbd>{t("saveKeys")}</kbd>
            <DockButtons entries={docked} />
          </footer>
        </section>
        <RunPanel
          strategyId={strategy.id}
          parameters={parameters}
          blocked={blocked}
          savedVersion={control.savedVersion}
          runId={runId}
          onRun={({ id }) => setSearch({ run: id }, { replace: true })}
          fromId={search.get("from")}
          symbols={brought.symbols}
          onGoTo={goTo}
        />
      </div>
      <VersionsDrawer strategyId={strategy.id} control={control} open={history} onClose={() => setHistory(false)} />
      <ConflictDialog control={control} strategyId={strategy.id} />
      {noting && (
        <SaveDialog
          saving={saving}
          onSave={(message) => {
            setNoting(false);
            void control.save(message);
          }}
          onClose={() => setNoting(false)}
        />
      )}
      <LeaveGuard control={control} />
      {renaming && <RenameStrategy strategy={strategy} onClose={() => setRenaming(false)} />}
    </Page>
  );
}

import { BugOutlined, ConsoleSqlOutlined, ExclamationCircleOutlined, FileTextOutlined, HistoryOutlined, MenuFoldOutlined, MenuUnfoldOutlined, MessageOutlined, SaveOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Space } from "antd";
import { useEffect, useEffectEvent, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";

import { ApiError } from "@/api/errors";
import { debugTexts } from "@/features/notebooks/debug/i18n";
import { useDebug } from "@/features/notebooks/debug/useDebug";
import { useRunDraft } from "@/features/backtests/logic/drafts";
import { notebookTexts } from "@/features/notebooks/i18n";
import { useInteractive } from "@/features/notebooks/useInteractive";
import { LedgerLine } from "@/features/optimisations/components/LedgerLine";
import { OptimiseLink } from "@/features/optimisations/components/OptimiseLink";
import { CodeEditor } from "@/ui/editor";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { strategyQuery, type StrategyDetail } from "../api";
import { ConflictDialog } from "../components/ConflictDialog";
import { EditorNotices } from "../components/EditorNotices";
import { EditorStatus } from "../components/EditorStatus";
import { useHelpEntry } from "../components/help/useHelpEntry";
import { BottomDock, DockButtons, type DockEntry } from "../components/ide/BottomDock";
import { useIdeLayout } from "../components/ide/layout";
import { SidePanel, type SideEntry } from "../components/ide/SidePanel";
import { ExportNotebook } from "../components/ExportNotebook";
import { LeaveGuard } from "../components/LeaveGuard";
import { LookaheadBadge } from "../components/LookaheadBadge";
import { ProblemsList } from "../components/ProblemsList";
import { useQuick } from "../components/quick/useQuick";
import { RenameStrategy } from "../components/RenameStrategy";
import { RunPanel } from "../components/RunPanel";
import { SaveDialog } from "../components/SaveDialog";
import { useBrought } from "../components/useBrought";
import { useAnalysis } from "../components/useAnalysis";
import { useEditing } from "../components/useEditing";
import { useProblems } from "../components/useProblems";
import { VersionsDrawer } from "../components/VersionsDrawer";
import { FilesPanel } from "../files/FilesPanel";
import { FileTabs } from "../files/FileTabs";
import { fileTexts } from "../files/i18n";
import { useFiles } from "../files/useFiles";
import { strategyTexts } from "../i18n";
import { MAIN, textOf } from "../logic/project";
import "../components/strategies.css";

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

/** The line and the file that the address leads to. */
function placeOf(search: URLSearchParams): { line: number | null; file: string | null } {
  const line = Number(search.get("line"));
  return { line: Number.isSafeInteger(line) && line > 0 ? line : null, file: search.get("file") };
}

function Workbench({ strategy }: { strategy: StrategyDetail }) {
  const t = strategyTexts.useText();
  const n = notebookTexts.useText();
  const f = fileTexts.useText();
  const d = debugTexts.useText();
  const control = useEditing(strategy);
  const { editing, dirty } = control;
  const [search, setSearch] = useSearchParams();
  const [history, setHistory] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [noting, setNoting] = useState(false);
  const runId = search.get("run");
  const brought = useBrought();
  const [first] = useState(() => placeOf(search));
  const files = useFiles(strategy.id, control, first);
  const { active: path, open } = files.tabs;
  const { goTo } = files;
  const analysis = useAnalysis(editing.project, goTo);
  const problems = useProblems(strategy, control, path, runId);
  const { lint, wrong } = problems;
  const { errors, class_name: className, parameters } = problems.inspection;
  const blocked =
    errors.length > 0 ? t("blockedSyntax", { count: errors.length }) : className === null ? t("blockedClass") : undefined;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    const step = event.altKey ? { ArrowLeft: -1 as const, ArrowRight: 1 as const }[event.key] : undefined;
    if (step === undefined && (event.altKey || event.key.toLowerCase() !== "s")) return;
    event.preventDefault();
    event.stopPropagation();
    if (step !== undefined) files.step(step);
    else if (!event.shiftKey) void control.save();
    else if (dirty) setNoting(true);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    // From anywhere on the page, also while a field of the form has the focus.
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const { dock, showDock, side: sideKey, showSide, run: runShown, showRun } = useIdeLayout();
  const interactive = useInteractive(strategy.id, dock === "interactive", (shown) => showDock(shown ? "interactive" : null), goTo, sideKey === "debug");
  const debug = useDebug({
    document: strategy.id,
    kernel: interactive.kernel,
    path,
    project: editing.project,
    className,
    parameters,
    blocked,
    onGoTo: goTo,
    onShow: () => showSide("debug"),
    onOutput: () => showDock("interactive"),
  });
  const quick = useQuick({ project: editing.project, draft: useRunDraft(strategy.id), parameters, onGoTo: goTo });
  const help = useHelpEntry();
  const side: SideEntry[] = [
    { key: "files", label: f("title"), icon: <FileTextOutlined aria-hidden />, content: <FilesPanel files={files} counts={problems.counts} /> },
    { key: "debug", label: d("title"), icon: <BugOutlined aria-hidden />, mark: debug.phase === "stopped", content: debug.panel },
    help.entry,
  ];
  const docked: DockEntry[] = [
    {
      key: "problems",
      label: t("problemsCount", { count: wrong + problems.doubtful }),
      icon: <ExclamationCircleOutlined aria-hidden className={wrong > 0 && dock !== "problems" ? "danger" : undefined} />,
      content: <ProblemsList errors={errors} lint={lint} onGoTo={goTo} />,
    },
    { key: "interactive", label: n("open"), hint: n("openHint"), icon: <ConsoleSqlOutlined aria-hidden />, content: interactive.panel },
    quick,
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
          <Button data-tour="versions" icon={<HistoryOutlined aria-hidden />} onClick={() => setHistory(true)}>
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
      <div className="ide" data-run={runShown}>
        <SidePanel entries={side} />
        <section className="panel ide-code" aria-label={t("editor", { name: strategy.name })}>
          <div>
            <EditorNotices control={control} newest={strategy.version} tooLarge={problems.tooLarge} />
            <FileTabs files={files} />
          </div>
          <div className="ide-editor">
            <CodeEditor
              path={path}
              open={open}
              value={textOf(editing.project, path) ?? ""}
              onChange={(text, of) => control.type(of, text)}
              onFormat={lint.format}
              label={path === MAIN ? t("editor", { name: strategy.name }) : `${strategy.name} ${path}`}
              markers={problems.markers}
              reveal={files.reveal}
              insert={help.insert}
              {...(path.endsWith(".py") ? interactive.editor : {})}
              analysis={path.endsWith(".py") ? analysis : undefined}
              debugging={path.endsWith(".py") ? debug.editor : undefined}
            />
          </div>
          <BottomDock entries={docked} />
          <EditorStatus control={control} problems={problems} path={path}>
            {interactive.status}
            <DockButtons entries={docked} />
            <Button
              size="small"
              type="text"
              icon={runShown ? <MenuUnfoldOutlined aria-hidden /> : <MenuFoldOutlined aria-hidden />}
              aria-label={t("ide.run")}
              title={t("ide.run")}
              aria-pressed={runShown}
              onClick={() => showRun(!runShown)}
            />
          </EditorStatus>
          {debug.popover}
        </section>
        <RunPanel
          strategyId={strategy.id}
          parameters={parameters}
          blocked={blocked}
          savedVersion={control.savedVersion}
          runId={runId}
          onRun={({ id }) => {
            showRun(true);
            setSearch({ run: id }, { replace: true });
          }}
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

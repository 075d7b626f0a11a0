import { CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import type { CodeError } from "@/features/backtests/api";
import { Empty } from "@/ui/state";

import { strategyTexts } from "../i18n";
import { MAIN } from "../logic/project";
import { explainRule } from "../logic/rules";
import "./strategies.css";
import type { FileFindings, Lint } from "./useLint";

type GoTo = (line: number, file: string) => void;

interface ProblemsListProps {
  /** Errors in Python's own words. */
  errors: readonly CodeError[];
  lint: Lint;
  onGoTo: GoTo;
}

interface ProblemProps {
  severity: "error" | "warning";
  line: number | null;
  text: ReactNode;
  /** What belongs to the problem besides going there. */
  children?: ReactNode;
  onGoTo: (line: number) => void;
}

function Problem({ severity, line, text, children, onGoTo }: ProblemProps) {
  const t = strategyTexts.useText();
  return (
    <li>
      <button type="button" className="ide-problem" onClick={() => line !== null && onGoTo(line)}>
        {severity === "error" ? <CloseCircleFilled className="danger" aria-label={t("lintError")} /> : <WarningFilled className="warning" aria-label={t("lintWarning")} />}
        <span>{text}</span>
        {line !== null && <span className="soft nowrap">{t("line", { line })}</span>}
      </button>
      {children}
    </li>
  );
}

/** What is wrong with the code, file by file; a click goes to the line. */
export function ProblemsList({ errors, lint, onGoTo }: ProblemsListProps) {
  const t = strategyTexts.useText();
  const ofFile = (path: string) => errors.filter(({ file }) => (file ?? MAIN) === path);
  // A file without an answer yet may have errors of Python's.
  const unanswered = [...new Set(errors.map(({ file }) => file ?? MAIN))].filter((path) => lint.files.every((each) => each.path !== path));
  const files: FileFindings[] = [...unanswered.map((path) => ({ path, found: [], truncated: false, current: false })), ...lint.files];
  const wrong = files.filter(({ path, found }) => found.length + ofFile(path).length > 0);
  if (wrong.length === 0) return <Empty title={t("noProblems")} />;
  const named = lint.files.length > 1;
  return (
    <div className="ide-problems">
      {wrong.map((file) => (
        <FileProblems key={file.path} file={file} errors={ofFile(file.path)} named={named} lint={lint} onGoTo={(line) => onGoTo(line, file.path)} />
      ))}
    </div>
  );
}

interface FileProblemsProps {
  file: FileFindings;
  errors: readonly CodeError[];
  /** There are several files. */
  named: boolean;
  lint: Lint;
  onGoTo: (line: number) => void;
}

function FileProblems({ file: { path, found, truncated, current }, errors, named, lint, onGoTo }: FileProblemsProps) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const fixable = found.filter(({ fix }) => fix !== null).length;
  return (
    <>
      <div className="ide-problems-file">
        {named && <strong>{path}</strong>}
        {fixable > 1 && (
          <Button size="small" type="link" disabled={!current || lint.busy} onClick={() => lint.fixAll(path)}>
            {t("lintFixAll", { count: fixable })}
          </Button>
        )}
      </div>
      <ul aria-label={named ? `${t("problems")}: ${path}` : t("problems")}>
        {errors.map((problem, index) => (
          <Problem
            key={index}
            severity="error"
            line={problem.line}
            text={
              <>
                {problem.message} <span className="soft">{localText(problem, "hint", language)}</span>
              </>
            }
            onGoTo={onGoTo}
          />
        ))}
        {found.map((each, index) => (
          <Problem key={`lint-${index}`} severity={each.severity} line={each.line} text={explainRule(each, language)} onGoTo={onGoTo}>
            {each.url !== null && (
              <a className="ide-rule" href={each.url} target="_blank" rel="noreferrer" title={t("lintRule", { code: each.code })}>
                {each.code}
              </a>
            )}
            {each.fix !== null && (
              <Button size="small" type="link" disabled={!current || lint.busy} onClick={() => lint.fix(path, each)}>
                {t("lintFix")}
              </Button>
            )}
          </Problem>
        ))}
      </ul>
      {truncated && <p className="soft">{t("lintMore")}</p>}
    </>
  );
}

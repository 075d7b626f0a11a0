import { CloseCircleFilled, WarningFilled } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import type { CodeError } from "@/features/backtests/api";
import { Empty } from "@/ui/state";

import { strategyTexts } from "../i18n";
import { explainRule } from "../logic/rules";
import "./strategies.css";
import type { Lint } from "./useLint";

interface ProblemsListProps {
  /** Syntax errors in Python's own words. */
  errors: readonly CodeError[];
  lint: Lint;
  onGoTo: (line: number) => void;
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

/** What is wrong with the code; a click goes to the line. */
export function ProblemsList({ errors, lint, onGoTo }: ProblemsListProps) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  if (errors.length + lint.found.length === 0) return <Empty title={t("noProblems")} />;
  const fixable = lint.found.filter(({ fix }) => fix !== null).length;
  return (
    <div className="ide-problems">
      {fixable > 1 && (
        <Button size="small" type="link" disabled={!lint.current || lint.busy} onClick={lint.fixAll}>
          {t("lintFixAll", { count: fixable })}
        </Button>
      )}
      <ul aria-label={t("problems")}>
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
        {lint.found.map((each, index) => (
          <Problem key={`lint-${index}`} severity={each.severity} line={each.line} text={explainRule(each, language)} onGoTo={onGoTo}>
            {each.url !== null && (
              <a className="ide-rule" href={each.url} target="_blank" rel="noreferrer" title={t("lintRule", { code: each.code })}>
                {each.code}
              </a>
            )}
            {each.fix !== null && (
              <Button size="small" type="link" disabled={!lint.current || lint.busy} onClick={() => lint.fix(each)}>
                {t("lintFix")}
              </Button>
            )}
          </Problem>
        ))}
      </ul>
      {lint.truncated && <p className="soft">{t("lintMore")}</p>}
    </div>
  );
}

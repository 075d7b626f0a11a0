import { CloseCircleFilled } from "@ant-design/icons";

import { localText, useLanguage } from "@/app/i18n/local";
import type { CodeError } from "@/features/backtests/api";

import { strategyTexts } from "../i18n";
import "./strategies.css";

interface ProblemsListProps {
  problems: readonly CodeError[];
  onGoTo: (line: number) => void;
}

/** What is wrong with the code; a click goes to the line. */
export function ProblemsList({ problems, onGoTo }: ProblemsListProps) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  if (problems.length === 0) return <div />;
  return (
    <ul className="ide-problems" aria-label={t("problems")}>
      {problems.map((problem, index) => (
        <li key={index}>
          <button type="button" onClick={() => problem.line !== null && onGoTo(problem.line)}>
            <CloseCircleFilled className="danger" aria-hidden />
            <span>
              {problem.message} <span className="soft">{localText(problem, "hint", language)}</span>
            </span>
            {problem.line !== null && <span className="soft nowrap">{t("line", { line: problem.line })}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

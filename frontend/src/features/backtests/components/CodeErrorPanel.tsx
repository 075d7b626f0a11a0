import { Button } from "antd";

import { localText, useLanguage } from "@/app/i18n/local";

import type { CodeError } from "../api";
import { backtestTexts } from "../i18n";
import "./report.css";

interface CodeErrorPanelProps {
  error: CodeError;
  /** Jump to a line of the editor. */
  onGoTo?: ((line: number, file?: string) => void) | undefined;
}

/** An exception of the user's strategy in the terms of their own file. */
export function CodeErrorPanel({ error, onGoTo }: CodeErrorPanelProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const { line, file, type, message, source_line: source, traceback } = error;
  const hint = localText(error, "hint", language);
  return (
    <div className="code-error" role="alert">
      <h3>
        {line === null ? t("codeErrorNoLine") : t("codeErrorTitle", { line })}
        {file != null && <code className="code-error-file">{file}</code>}
      </h3>
      <p>
        <code className="code-error-message">
          {type}: {message}
        </code>
      </p>
      {source !== null && (
        <pre className="code-error-source">
          {line !== null && <span className="soft">{line} │ </span>}
          {source}
        </pre>
      )}
      {hint !== null && <p>{hint}</p>}
      {line !== null && onGoTo !== undefined && (
        <Button size="small" onClick={() => (file == null ? onGoTo(line) : onGoTo(line, file))}>
          {t("goToLine", { line })}
        </Button>
      )}
      {traceback.length > 0 && (
        <details>
          <summary>{t("traceback")}</summary>
          <pre>{traceback.join("\n")}</pre>
        </details>
      )}
    </div>
  );
}

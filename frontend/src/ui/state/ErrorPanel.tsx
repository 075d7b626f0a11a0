import { Button } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { uiTexts } from "@/ui/i18n";

import "./states.css";

interface ErrorPanelProps {
  error: unknown;
  /** What could not be done, e.g. "K 线没有取到". */
  title?: string;
  onRetry?: (() => void) | undefined;
  /** What the retry is called, where it is more than asking again. */
  retryLabel?: string;
}

/** What happened, what to do, a retry, and the code to copy. */
export function ErrorPanel({ error, title, onRetry, retryLabel }: ErrorPanelProps) {
  const t = uiTexts.useText();
  const [copied, setCopied] = useState(false);
  const { message, code } = explain(error);

  const copy = async () => {
    // Absent over plain http; the code can still be selected by hand.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
    await clipboard?.writeText(code);
    setCopied(clipboard !== undefined);
  };

  return (
    <div className="state-center" role="alert">
      <div className="state">
        <h2>{title ?? t("errorTitle")}</h2>
        <p>{message}</p>
        <div className="state-actions">
          {onRetry !== undefined && (
            <Button type="primary" onClick={onRetry}>
              {retryLabel ?? t("retry")}
            </Button>
          )}
          <span className="state-code">
            <span className="nowrap">{t("errorCode")}</span> <code>{code}</code>
            <Button size="small" type="text" onClick={() => void copy()}>
              {copied ? t("copied") : t("copy")}
            </Button>
          </span>
        </div>
      </div>
    </div>
  );
}

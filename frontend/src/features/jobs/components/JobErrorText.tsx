import { Alert } from "antd";

import { localText, useLanguage } from "@/app/i18n/local";

import type { Job } from "../api";
import { jobTexts } from "../i18n";

/** Why a job failed, in the reader's language, with the code to copy. */
export function JobErrorText({ error }: { error: NonNullable<Job["error"]> }) {
  const t = jobTexts.useText();
  const language = useLanguage();
  return (
    <Alert
      type="error"
      showIcon
      title={t("errorTitle")}
      description={
        <>
          {localText(error, "message", language)} <code>{error.code}</code>
        </>
      }
    />
  );
}

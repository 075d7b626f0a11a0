import { Alert, Button } from "antd";

import { explain } from "@/api/errors";
import { formatInstant } from "@/ui/format";

import { strategyTexts } from "../i18n";
import type { EditingControl } from "./useEditing";

interface EditorNoticesProps {
  control: EditingControl;
  /** The newest version that the server has. */
  newest: number;
  tooLarge: boolean;
}

/** What is to be known of drafts and saves, above the editor. */
export function EditorNotices({ control, newest, tooLarge }: EditorNoticesProps) {
  const t = strategyTexts.useText();
  const { editing, dirty, draft } = control;
  return (
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
          {editing.base.version !== newest && <span>{t("draftOld", { base: editing.base.version, now: newest })}</span>}
          <Button size="small" type="link" onClick={control.discardDraft}>
            {t("draftDiscard")}
          </Button>
        </div>
      )}
      {draft.found !== null && (
        <div className="ide-notice" role="status">
          <span>{t("draftFound", { time: formatInstant(draft.found.updated_at, { seconds: false }) })}</span>
          <Button size="small" type="link" onClick={control.takeFound}>
            {t("draftTake")}
          </Button>
          <Button size="small" type="link" onClick={draft.ignore}>
            {t("draftIgnore")}
          </Button>
        </div>
      )}
      {control.queued && <Alert banner type="info" title={t("saveQueued")} />}
      {tooLarge && <Alert banner type="warning" title={t("codeLarge")} description={t("codeLargeText")} />}
      {!control.draftKept && dirty && <Alert banner type="warning" title={t("draftFull")} />}
    </div>
  );
}

import { Button, Modal } from "antd";
import { useState } from "react";

import { CodeDiff } from "@/ui/editor";
import { Loading } from "@/ui/state";

import { strategyTexts } from "../i18n";
import type { EditingControl } from "./useEditing";
import "./strategies.css";

/** Somebody saved first: keep mine on top, look at the difference, or take theirs. Nothing is lost either way. */
export function ConflictDialog({ control }: { control: EditingControl }) {
  const t = strategyTexts.useText();
  const [diff, setDiff] = useState(false);
  const { editing } = control;
  const { save, base } = editing;
  if (save.step !== "conflict") return null;
  const { theirs, mine } = save;
  return (
    <Modal
      open
      title={t("conflictTitle")}
      width={diff ? 1120 : 760}
      onCancel={control.later}
      footer={<Button onClick={control.later}>{t("later")}</Button>}
    >
      {theirs === null ? (
        <>
          <p>{t("conflictReading")}</p>
          <Loading rows={3} />
        </>
      ) : (
        <>
          <p>{t("conflictText", { base: base.version, now: theirs.version })}</p>
          <div className="conflict-choices">
            <div>
              <Button type="primary" onClick={() => void control.keepMine()}>
                {t("keepMine", { number: theirs.version + 1 })}
              </Button>
              <span className="soft">{t("keepMineText", { now: theirs.version })}</span>
            </div>
            <div>
              <Button aria-expanded={diff} onClick={() => setDiff(!diff)}>
                {t(diff ? "hideDiff" : "seeDiff")}
              </Button>
              <span className="soft">{t("diffLabel")}</span>
            </div>
            <div>
              <Button danger onClick={control.takeTheirs}>
                {t("takeTheirs")}
              </Button>
              <span className="soft">{t("takeTheirsText", { now: theirs.version })}</span>
            </div>
          </div>
          {diff && <CodeDiff original={theirs.code} modified={mine} label={t("diffLabel")} height="50vh" />}
        </>
      )}
    </Modal>
  );
}

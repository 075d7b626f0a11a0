import { Button, Modal } from "antd";
import { useBlocker } from "react-router";

import { strategyTexts } from "../i18n";
import type { EditingControl } from "./useEditing";

/** Ask before leaving the page with unsaved changes; changes of the address within the page pass. */
export function LeaveGuard({ control }: { control: EditingControl }) {
  const t = strategyTexts.useText();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      control.dirty && currentLocation.pathname !== nextLocation.pathname && nextLocation.pathname !== "/sign-in",
  );
  if (blocker.state !== "blocked") return null;
  const saveAndLeave = async () => {
    if ((await control.save()) === null) blocker.reset();
    else blocker.proceed();
  };
  return (
    <Modal
      open
      title={t("leaveTitle")}
      onCancel={() => blocker.reset()}
      footer={
        <>
          <Button onClick={() => blocker.reset()}>{t("stay")}</Button>
          <Button onClick={() => blocker.proceed()}>{t("leaveAnyway")}</Button>
          <Button type="primary" loading={control.editing.save.step === "saving"} onClick={() => void saveAndLeave()}>
            {t("leaveSave")}
          </Button>
        </>
      }
    >
      {t("leaveText")}
    </Modal>
  );
}

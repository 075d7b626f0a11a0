import { Input, Modal, type InputRef } from "antd";
import { useId, useRef, useState } from "react";

import { strategyTexts } from "../i18n";

interface SaveDialogProps {
  saving: boolean;
  onSave: (message: string) => void;
  onClose: () => void;
}

/** Say what was changed, and save. Mount it when it opens. */
export function SaveDialog({ saving, onSave, onClose }: SaveDialogProps) {
  const t = strategyTexts.useText();
  const formId = useId();
  const fieldId = useId();
  const field = useRef<InputRef>(null);
  const [message, setMessage] = useState("");
  return (
    <Modal
      open
      title={t("saveWith")}
      onCancel={onClose}
      afterOpenChange={(open) => open && field.current?.focus()}
      okText={t("saveVersion")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: saving, htmlType: "submit", form: formId }}
    >
      <form
        id={formId}
        className="stacked"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(message.trim());
        }}
      >
        <label htmlFor={fieldId}>{t("saveMessage")}</label>
        <Input id={fieldId} ref={field} maxLength={200} value={message} placeholder={t("saveMessageHint")} onChange={(event) => setMessage(event.target.value)} />
      </form>
    </Modal>
  );
}

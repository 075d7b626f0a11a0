import { Alert, Input, Modal } from "antd";
import { useId, useState } from "react";

import { explain } from "@/api/errors";
import { uiTexts } from "@/ui/i18n";

interface RenameDialogProps {
  name: string;
  /** Most characters of the name, as the server has it. */
  maxLength: number;
  /** Leave out for things that have none. */
  description?: string;
  saving: boolean;
  error: unknown;
  onSave: (name: string, description: string) => void;
  onClose: () => void;
}

/** Change a name and, where there is one, a description. Mount it when it opens. */
export function RenameDialog({ name: before, maxLength, description: told, saving, error, onSave, onClose }: RenameDialogProps) {
  const t = uiTexts.useText();
  const formId = useId();
  const [name, setName] = useState(before);
  const [description, setDescription] = useState(told ?? "");
  const missing = name.trim() === "";
  return (
    <Modal
      open
      title={t("rename")}
      onCancel={onClose}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: saving, disabled: missing, htmlType: "submit", form: formId }}
    >
      <form
        id={formId}
        className="form-field"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) onSave(name.trim(), description);
        }}
      >
        <label htmlFor={`${formId}-name`}>{t("name")}</label>
        <Input
          id={`${formId}-name`}
          value={name}
          maxLength={maxLength}
          {...(missing ? { status: "error" as const } : {})}
          onChange={(event) => setName(event.target.value)}
        />
        {missing && <span className="danger">{t("nameMissing")}</span>}
        {told !== undefined && (
          <>
            <label htmlFor={`${formId}-description`}>{t("description")}</label>
            <Input.TextArea
              id={`${formId}-description`}
              value={description}
              maxLength={2000}
              rows={3}
              onChange={(event) => setDescription(event.target.value)}
            />
          </>
        )}
        {error !== null && error !== undefined && <Alert type="error" showIcon title={explain(error).message} />}
      </form>
    </Modal>
  );
}

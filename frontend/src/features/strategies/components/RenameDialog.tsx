import { Alert, Input, Modal } from "antd";
import { useId, useState } from "react";

import { explain } from "@/api/errors";

import { useUpdateStrategy, type Strategy } from "../api";
import { strategyTexts } from "../i18n";
import "./strategies.css";

interface RenameDialogProps {
  /** Null closes. */
  strategy: Pick<Strategy, "id" | "name" | "description"> | null;
  onClose: () => void;
}

/** Change name and description. */
export function RenameDialog({ strategy, onClose }: RenameDialogProps) {
  return strategy === null ? null : <Opened key={strategy.id} strategy={strategy} onClose={onClose} />;
}

function Opened({ strategy, onClose }: { strategy: NonNullable<RenameDialogProps["strategy"]>; onClose: () => void }) {
  const t = strategyTexts.useText();
  const formId = useId();
  const [name, setName] = useState(strategy.name);
  const [description, setDescription] = useState(strategy.description);
  const update = useUpdateStrategy();
  const missing = name.trim() === "";
  return (
    <Modal
      open
      title={t("rename")}
      onCancel={onClose}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: update.isPending, disabled: missing, htmlType: "submit", form: formId }}
    >
      <form
        id={formId}
        className="stacked"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) update.mutate({ id: strategy.id, name: name.trim(), description }, { onSuccess: onClose });
        }}
      >
        <label htmlFor={`${formId}-name`}>{t("name")}</label>
        <Input id={`${formId}-name`} value={name} maxLength={80} {...(missing ? { status: "error" as const } : {})} onChange={(event) => setName(event.target.value)} />
        {missing && <span className="danger">{t("nameMissing")}</span>}
        <label htmlFor={`${formId}-description`}>{t("description")}</label>
        <Input.TextArea id={`${formId}-description`} value={description} maxLength={2000} rows={3} onChange={(event) => setDescription(event.target.value)} />
        {update.isError && <Alert type="error" showIcon title={explain(update.error).message} />}
      </form>
    </Modal>
  );
}

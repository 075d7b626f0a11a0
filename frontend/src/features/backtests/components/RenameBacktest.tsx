import { Alert, Input, Modal } from "antd";
import { useId, useState } from "react";

import { explain } from "@/api/errors";

import { useRenameBacktest, type Backtest } from "../api";
import { backtestTexts } from "../i18n";

interface RenameBacktestProps {
  /** Null closes. */
  backtest: Backtest | null;
  onClose: () => void;
}

export function RenameBacktest({ backtest, onClose }: RenameBacktestProps) {
  return backtest === null ? null : <Opened key={backtest.id} backtest={backtest} onClose={onClose} />;
}

function Opened({ backtest, onClose }: { backtest: Backtest; onClose: () => void }) {
  const t = backtestTexts.useText();
  const formId = useId();
  const [name, setName] = useState(backtest.name);
  const rename = useRenameBacktest();
  const missing = name.trim() === "";
  return (
    <Modal
      open
      title={t("rename")}
      onCancel={onClose}
      okText={t("save")}
      cancelText={t("dismiss")}
      okButtonProps={{ loading: rename.isPending, disabled: missing, htmlType: "submit", form: formId }}
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) rename.mutate({ id: backtest.id, name: name.trim() }, { onSuccess: onClose });
        }}
      >
        <Input aria-label={t("newName")} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        {rename.isError && <Alert type="error" showIcon title={explain(rename.error).message} />}
      </form>
    </Modal>
  );
}

import { Alert, App, Button, Modal } from "antd";

import type { ApiKeyCreated } from "../api";
import { systemTexts } from "../i18n";

/** The new key, this once, with a way to copy it and a first call to try. */
export function ApiKeyShown({ made, onClose }: { made: ApiKeyCreated | null; onClose: () => void }) {
  const t = systemTexts.useText();
  const key = made?.key ?? "";
  const sample = `curl -H "Authorization: Bearer ${key}" ${window.location.origin}/api/v1/auth/me`;
  return (
    <Modal
      open={made !== null}
      // A click beside it must not take away what is shown only once.
      mask={{ closable: false }}
      onCancel={onClose}
      title={t("keyCreated")}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("done")}
        </Button>
      }
      width={560}
    >
      <div className="system-form">
        <Alert type="warning" showIcon title={t("keyOnce")} />
        <Copyable text={key} />
        <h3>{t("curlSample")}</h3>
        <Copyable text={sample} />
      </div>
    </Modal>
  );
}

function Copyable({ text }: { text: string }) {
  const t = systemTexts.useText();
  const { message } = App.useApp();
  const copy = async () => {
    // Absent over plain http to another machine.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
    try {
      if (clipboard === undefined) throw new Error("no clipboard");
      await clipboard.writeText(text);
      void message.success(t("copied"));
    } catch {
      void message.info(t("copyFailed"));
    }
  };
  return (
    <div className="copyable">
      <code>{text}</code>
      <Button size="small" onClick={() => void copy()}>
        {t("copy")}
      </Button>
    </div>
  );
}

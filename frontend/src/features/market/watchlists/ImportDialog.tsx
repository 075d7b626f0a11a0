import { Alert, Button, Input, Modal } from "antd";
import { useState } from "react";

import { ApiError, explain } from "@/api/errors";

import { useImportText, type Watchlist } from "./api";
import { watchlistTexts } from "./i18n";

/** Paste codes and names into a group; what came of it is said. */
export function ImportDialog({ group, onClose }: { group: Watchlist; onClose: () => void }) {
  const t = watchlistTexts.useText();
  const [text, setText] = useState("");
  const { mutate, data, error, isPending } = useImportText(group.id);
  const unknown = data?.not_understood ?? unknownOf(error);
  return (
    <Modal
      open
      title={`${t("import")} · ${group.name}`}
      onCancel={onClose}
      footer={[
        <Button key="close" onClick={onClose}>
          {t(data === undefined ? "cancel" : "close")}
        </Button>,
        <Button key="run" type="primary" loading={isPending} disabled={text.trim() === ""} onClick={() => mutate(text)}>
          {t("importRun")}
        </Button>,
      ]}
    >
      <div className="watch-import">
        <Input.TextArea
          rows={8}
          maxLength={100_000}
          value={text}
          aria-label={t("importText")}
          placeholder={t("importText")}
          onChange={(event) => setText(event.target.value)}
        />
        {data !== undefined && (
          <Alert
            type={unknown.length > 0 ? "warning" : "success"}
            showIcon
            title={`${t("importAdded", { count: data.added.length })} · ${t("importPresent", { count: data.present.length })}`}
            description={unknown.length > 0 ? t("importUnknown", { words: unknown.join("、") }) : undefined}
          />
        )}
        {error !== null && (
          <Alert
            type="error"
            showIcon
            title={explain(error).message}
            description={unknown.length > 0 ? t("importUnknown", { words: unknown.join("、") }) : undefined}
          />
        )}
      </div>
    </Modal>
  );
}

/** The words that a refusal names. */
function unknownOf(error: unknown): readonly string[] {
  const body = error instanceof ApiError ? error.body : null;
  const words = typeof body === "object" && body !== null && "not_understood" in body ? body.not_understood : null;
  return Array.isArray(words) ? words.map(String) : [];
}

import { FileAddOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useRef } from "react";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";

import { strategyTexts } from "../i18n";
import { useImportNotebook } from "../notebookApi";

/** What the last file failed by goes when the next one is taken. */
const FAILED = "notebook-failed";

/** Choose a Jupyter notebook; the strategy that is made of it opens. */
export function ImportNotebook() {
  const t = strategyTexts.useText();
  const navigate = useNavigate();
  const { notification, message } = App.useApp();
  const picker = useRef<HTMLInputElement>(null);
  const bring = useImportNotebook();

  const take = (file: File) => {
    notification.destroy(FAILED);
    bring.mutate(file, {
      onSuccess: (strategy) => {
        void message.success(t("notebookImported", { name: strategy.name }));
        void navigate(`/strategies/${strategy.id}`);
      },
      onError: (error) => notification.error({ key: FAILED, title: t("notebookFailed", { name: file.name }), description: explain(error).message, duration: 0 }),
    });
  };
  return (
    <>
      <input
        ref={picker}
        hidden
        type="file"
        accept=".ipynb,application/x-ipynb+json"
        aria-label={t("importNotebook")}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was mended.
          event.target.value = "";
          if (file !== undefined) take(file);
        }}
      />
      <Button icon={<FileAddOutlined aria-hidden />} loading={bring.isPending} title={t("importNotebookHint")} onClick={() => picker.current?.click()}>
        {t("importNotebook")}
      </Button>
    </>
  );
}

import { ExportOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { App, Button } from "antd";

import { explain } from "@/api/errors";
import { download } from "@/ui/format/csv";

import { strategyTexts } from "../i18n";
import { exportNotebook } from "../notebookApi";

/** Download the saved version as a Jupyter notebook. */
export function ExportNotebook({ strategy }: { strategy: { id: string; name: string } }) {
  const t = strategyTexts.useText();
  const { notification } = App.useApp();
  const make = useMutation({
    mutationFn: () => exportNotebook(strategy.id),
    onSuccess: (blob) => download(`${strategy.name}.ipynb`, blob),
    onError: (error) => notification.error({ title: t("actionFailed"), description: explain(error).message, duration: 0 }),
  });
  return (
    <Button type="text" icon={<ExportOutlined aria-hidden />} loading={make.isPending} aria-label={t("exportNotebook")} title={t("exportNotebookHint")} onClick={() => make.mutate()}>
      .ipynb
    </Button>
  );
}

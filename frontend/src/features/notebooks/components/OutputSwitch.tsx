import { ProfileOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { notebookTexts } from "../i18n";
import { useOutputPlace } from "../outputPlace";

/** Where outputs of cells are shown: below them in the editor, or in the window. */
export function OutputSwitch() {
  const t = notebookTexts.useText();
  const { below, put } = useOutputPlace();
  return (
    <Button size="small" type="text" icon={<ProfileOutlined aria-hidden />} aria-pressed={below} title={t("outputsHint")} onClick={() => put(!below)}>
      {t(below ? "outputsBelow" : "outputsWindow")}
    </Button>
  );
}

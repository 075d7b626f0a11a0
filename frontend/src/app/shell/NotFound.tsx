import { Link } from "react-router";

import { Empty } from "@/ui/state";

import { shellTexts } from "./i18n";

export function NotFound() {
  const t = shellTexts.useText();
  return (
    <Empty title={t("notFoundTitle")} action={<Link to="/">{t("toDashboard")}</Link>}>
      {t("notFoundText")}
    </Empty>
  );
}

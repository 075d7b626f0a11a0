import { reportTexts } from "./i18n";

/** In place of a part that reports of an older version do not have. */
export function Older() {
  const t = reportTexts.useText();
  return <p className="soft">{t("older")}</p>;
}

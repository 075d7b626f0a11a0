import { shellTexts } from "./i18n";

/** The first moment, before the session and the first page are there. */
export function Starting() {
  const t = shellTexts.useText();
  return (
    <p role="status" className="visually-hidden">
      {t("starting")}
    </p>
  );
}

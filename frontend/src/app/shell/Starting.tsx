import { shellTexts } from "./i18n";

/** The first moment, before the session and the first page are there: the same frame as in index.html. */
export function Starting() {
  const t = shellTexts.useText();
  return (
    <div className="boot" role="status" aria-label={t("starting")}>
      <div className="boot-top" />
      <div className="boot-rail" />
      <div className="boot-content">
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

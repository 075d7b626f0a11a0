import { SearchOutlined } from "@ant-design/icons";
import { Link } from "react-router";

import { AccountMenu } from "./AccountMenu";
import { DataAge } from "./DataAge";
import { shellTexts } from "./i18n";
import { JobsIndicator } from "./JobsIndicator";
import { Logo } from "./Logo";
import { usePalette } from "./palette/store";
import { LanguageButton } from "./Switches";
import ThemeMenu from "./ThemeMenu";

const KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘ K" : "Ctrl K";

export function TopBar() {
  const t = shellTexts.useText();
  const show = usePalette((palette) => palette.show);
  return (
    <header className="top-bar">
      <Link to="/" className="brand" aria-label="QuantDesk">
        <Logo />
        <span className="brand-name">QuantDesk</span>
      </Link>
      <button type="button" className="search-button" onClick={show} aria-label={`${t("searchHint")} ${KEYS}`}>
        <SearchOutlined aria-hidden="true" />
        <span className="search-hint">{t("searchHint")}</span>
        <kbd>{KEYS}</kbd>
      </button>
      <div className="top-actions">
        <DataAge />
        <JobsIndicator />
        <LanguageButton />
        <ThemeMenu />
        <AccountMenu />
      </div>
    </header>
  );
}

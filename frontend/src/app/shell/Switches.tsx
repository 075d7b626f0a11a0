import { BulbOutlined, GlobalOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ComponentProps } from "react";

import { usePrefs } from "@/app/prefs";

import { shellTexts } from "./i18n";

/** Switch between Chinese and English; the label is in the other language, for whoever cannot read this one. */
export function LanguageButton() {
  const t = shellTexts.useText();
  const { language, set } = usePrefs();
  const other = language === "zh" ? "EN" : "中文";
  return (
    <Button
      type="text"
      icon={<GlobalOutlined aria-hidden />}
      aria-label={`${other} · ${t("switchLanguage")}`}
      title={t("switchLanguage")}
      onClick={() => set({ language: language === "zh" ? "en" : "zh" })}
    >
      <span className="top-word">{other}</span>
    </Button>
  );
}

/** What opens the theme menu; it stands in the menu's place until that has loaded. */
export function ThemeButton(props: ComponentProps<typeof Button>) {
  const t = shellTexts.useText();
  return <Button type="text" icon={<BulbOutlined aria-hidden />} aria-label={t("theme")} title={t("theme")} {...props} />;
}

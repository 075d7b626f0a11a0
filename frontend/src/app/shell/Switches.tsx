import { BulbOutlined, GlobalOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";

import { usePrefs, type ThemeChoice, type UpColour } from "@/app/prefs";

import { shellTexts } from "./i18n";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];
const COLOURS: readonly UpColour[] = ["red", "green"];

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

/** Theme and the colours of gain and loss. */
export function ThemeMenu() {
  const t = shellTexts.useText();
  const { theme, upColour, set } = usePrefs();
  const items: MenuProps["items"] = [
    {
      type: "group",
      label: t("theme"),
      children: THEMES.map((value) => ({ key: `theme-${value}`, label: t(`theme.${value}`), onClick: () => set({ theme: value }) })),
    },
    { type: "divider" },
    {
      type: "group",
      label: t("colours"),
      children: COLOURS.map((value) => ({
        key: `colours-${value}`,
        label: t(`colours.${value}`),
        onClick: () => set({ upColour: value }),
      })),
    },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items, selectable: true, selectedKeys: [`theme-${theme}`, `colours-${upColour}`] }}>
      <Button type="text" icon={<BulbOutlined aria-hidden />} aria-label={t("theme")} title={t("theme")} />
    </Dropdown>
  );
}

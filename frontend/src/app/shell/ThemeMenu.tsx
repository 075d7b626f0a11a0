import { Dropdown, type MenuProps } from "antd";

import { usePrefs, type ThemeChoice, type UpColour } from "@/app/prefs";

import { shellTexts } from "./i18n";
import { ThemeButton } from "./Switches";

const THEMES: readonly ThemeChoice[] = ["system", "light", "dark"];
const COLOURS: readonly UpColour[] = ["red", "green"];

/** Theme and the colours of gain and loss. */
export default function ThemeMenu() {
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
      <ThemeButton />
    </Dropdown>
  );
}

import { LoadingOutlined } from "@ant-design/icons";
import { App, ConfigProvider, theme as antdTheme, type ThemeConfig } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useLayoutEffect, useMemo, type ReactNode } from "react";

import { usePrefs } from "@/app/prefs";

import { FONT, MONO } from "./tokens";
import { useTheme, type Theme } from "./useTheme";

/** A button is called by its words alone: its icons say nothing, that of waiting neither. */
const BUTTON = { autoInsertSpace: false, loadingIcon: <LoadingOutlined spin aria-hidden /> };

type Algorithm = Extract<NonNullable<ThemeConfig["algorithm"]>, (...args: never[]) => unknown>;
type SeedToken = Parameters<Algorithm>[0];
type MapToken = ReturnType<Algorithm>;

/** Write the theme to CSS variables, the one place styles and charts take colours from. */
function applyVariables({ mode, palette, up, down }: Theme): void {
  const root = document.documentElement;
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  const variables: Record<string, string> = {
    "--page": palette.page,
    "--surface": palette.surface,
    "--raised": palette.raised,
    "--border": palette.border,
    "--hairline": palette.hairline,
    "--text": palette.text,
    "--text-soft": palette.textSoft,
    "--primary": palette.primary,
    "--primary-soft": palette.primarySoft,
    "--danger": palette.danger,
    "--warning": palette.warning,
    "--success": palette.success,
    "--up": up,
    "--down": down,
    "--font": FONT,
    "--mono": MONO,
  };
  for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
}

/** The compact algorithm's 12 px body is small for Chinese characters: 13 px, in its compact controls. */
function bodySize(seed: SeedToken, map?: MapToken): MapToken {
  return { ...(map ?? antdTheme.compactAlgorithm(seed)), fontSize: 13, fontSizeSM: 12, lineHeight: 1.6 };
}

/** Give every component below the theme and the language of the reader. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const theme = useTheme();
  const language = usePrefs((prefs) => prefs.language);

  useLayoutEffect(() => applyVariables(theme), [theme]);

  const config = useMemo(() => {
    const { palette, mode, reducedMotion } = theme;
    const base = mode === "dark" ? antdTheme.darkAlgorithm : antdTheme.defaultAlgorithm;
    return {
      algorithm: [base, antdTheme.compactAlgorithm, bodySize],
      token: {
        colorPrimary: palette.primary,
        colorLink: palette.primary,
        colorError: palette.danger,
        colorWarning: palette.warning,
        colorSuccess: palette.success,
        // Grounds of notes: what antd derives from inks this dark is mud.
        ...Object.fromEntries(
          (["Error", "Warning", "Success", "Info"] as const).flatMap((kind) => {
            const ink = { Error: palette.danger, Warning: palette.warning, Success: palette.success, Info: palette.primary }[kind];
            return [
              [`color${kind}Bg`, `${ink}14`],
              [`color${kind}Border`, `${ink}59`],
            ];
          }),
        ),
        colorText: palette.text,
        colorTextSecondary: palette.textSoft,
        colorTextDescription: palette.textSoft,
        colorTextPlaceholder: palette.textSoft,
        colorBorder: palette.border,
        colorBorderSecondary: palette.hairline,
        colorBgBase: palette.surface,
        colorBgContainer: palette.surface,
        colorBgElevated: palette.raised,
        colorBgLayout: palette.page,
        // The light blue of dark mode carries dark text: white on it would be 2.6:1.
        colorTextLightSolid: mode === "dark" ? palette.page : "#ffffff",
        fontFamily: FONT,
        fontFamilyCode: MONO,
        controlHeight: 32,
        borderRadius: 6,
        motion: !reducedMotion,
      },
      components: {
        Tooltip: { colorTextLightSolid: "#ffffff" },
        Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
      },
    };
  }, [theme]);

  return (
    <ConfigProvider theme={config} locale={language === "zh" ? zhCN : enUS} button={BUTTON}>
      <App className="app-root" message={{ maxCount: 3 }}>
        {children}
      </App>
    </ConfigProvider>
  );
}

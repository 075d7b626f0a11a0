import { Button, Segmented } from "antd";
import type { ReactNode } from "react";

import { usePrefs } from "@/app/prefs";
import { useHelp } from "@/app/shell/keys/store";
import { Change } from "@/ui/format";

import { systemTexts } from "../i18n";

/** Language, theme and colours of this browser. */
export function PreferencesTab() {
  const t = systemTexts.useText();
  const { language, theme, upColour, set } = usePrefs();
  const showKeys = useHelp((help) => help.show);
  return (
    <section className="panel">
      <div className="panel-body preferences">
        <p className="soft">{t("preferencesText")}</p>
        <Row name={t("language")}>
          <Segmented
            aria-label={t("language")}
            value={language}
            onChange={(value) => set({ language: value })}
            options={[
              { value: "zh" as const, label: "中文" },
              { value: "en" as const, label: "English" },
            ]}
          />
        </Row>
        <Row name={t("theme")}>
          <Segmented
            aria-label={t("theme")}
            value={theme}
            onChange={(value) => set({ theme: value })}
            options={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`theme.${value}`) }))}
          />
        </Row>
        <Row name={t("colours")}>
          <Segmented
            aria-label={t("colours")}
            value={upColour}
            onChange={(value) => set({ upColour: value })}
            options={(["red", "green"] as const).map((value) => ({ value, label: t(`colours.${value}`) }))}
          />
          <span>
            <Change value={0.0123} /> <Change value={-0.0123} />
          </span>
        </Row>
        <Row name={t("keys")}>
          <Button onClick={showKeys}>
            {t("showKeys")} <kbd>?</kbd>
          </Button>
        </Row>
      </div>
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="preference">
      <span>{name}</span>
      <span className="preference-value">{children}</span>
    </div>
  );
}

import { Modal } from "antd";
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";

import { NAV } from "@/app/nav";

import { shellTexts } from "../i18n";
import { usePalette } from "../palette/store";
import { isTyping, KEY_GROUPS, PAGE_KEYS } from "./keymap";
import { useHelp } from "./store";
import "./keys.css";

/** G waits this long for its letter. */
const CHORD_MS = 1200;

/** The keys that work everywhere: G and a letter for a page, / for the search, ? for the sheet that lists them all. */
export function KeyHelp() {
  const t = shellTexts.useText();
  const navigate = useNavigate();
  const { open, show, hide } = useHelp();
  const search = usePalette((palette) => palette.show);
  const chord = useRef(0);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      const inChord = event.timeStamp - chord.current < CHORD_MS;
      chord.current = 0;
      if (inChord) {
        const page = NAV.find((entry) => PAGE_KEYS[entry.key] === key);
        if (page === undefined) return;
        void navigate(page.path);
      } else if (key === "g") chord.current = event.timeStamp;
      else if (key === "?") show();
      else if (key === "/") search();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate, show, search]);

  return (
    <Modal open={open} onCancel={hide} footer={null} title={t("keys")} width={680}>
      <div className="key-sheet">
        <section>
          <h3>{t("keysPages")}</h3>
          <dl>
            {NAV.map(({ key }) => (
              <div key={key}>
                <dt>
                  <kbd>G</kbd> <kbd>{PAGE_KEYS[key].toUpperCase()}</kbd>
                </dt>
                <dd>{t(`nav.${key}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
        {KEY_GROUPS.map(({ title, rows }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {rows.map(({ keys, text }) => (
                <div key={keys.join()}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(text)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

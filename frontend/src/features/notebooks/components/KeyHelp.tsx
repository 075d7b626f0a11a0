import { QuestionCircleOutlined } from "@ant-design/icons";
import { Button, Modal } from "antd";
import { Fragment, useEffect, useState } from "react";

import { notebookTexts } from "../i18n";
import { KEYS, keysOf } from "../logic/keys";
import "./notebooks.css";

/** The keyboard map of the IDE: a button, F1, and the sheet they open. */
export function KeyHelp() {
  const t = notebookTexts.useText();
  const [open, setOpen] = useState(false);
  const mac = navigator.userAgent.includes("Mac");
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== "F1" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      setOpen((shown) => !shown);
    };
    // Before the browser's own help, wherever the focus is.
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);
  return (
    <>
      <Button
        size="small"
        type="text"
        icon={<QuestionCircleOutlined aria-hidden />}
        aria-label={t("keysTitle")}
        aria-haspopup="dialog"
        title={`${t("keysTitle")} (F1)`}
        onClick={() => setOpen(true)}
      />
      <Modal title={t("keysTitle")} open={open} footer={null} width={760} destroyOnHidden onCancel={() => setOpen(false)}>
        <div className="keys">
          {KEYS.map(({ group, keys }) => (
            <section key={group}>
              <h3>{t(group)}</h3>
              <dl>
                {keys.map(([shortcut, text]) => (
                  <div key={shortcut}>
                    <dt>
                      {keysOf(shortcut, mac).map((parts, at) => (
                        <Fragment key={at}>
                          {at > 0 && " / "}
                          {parts.map((part) => (
                            <kbd key={part}>{part}</kbd>
                          ))}
                        </Fragment>
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
    </>
  );
}

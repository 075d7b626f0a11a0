import { Button, Input, InputNumber, Popover } from "antd";
import { useEffect, useEffectEvent, useState } from "react";

import { debugTexts } from "./i18n";
import type { Breakpoint } from "./logic/breakpoints";

interface BreakpointFormProps {
  breakpoint: Breakpoint;
  /** On the screen. */
  at: { x: number; y: number };
  onPut: (breakpoint: Breakpoint) => void;
  onRemove: (breakpoint: Breakpoint) => void;
  onClose: () => void;
}

/** When a breakpoint stops, and what it prints; beside its line. */
export function BreakpointForm({ breakpoint, at, onPut, onRemove, onClose }: BreakpointFormProps) {
  const t = debugTexts.useText();
  const [draft, setDraft] = useState(breakpoint);
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const listener = ({ key }: KeyboardEvent) => key === "Escape" && close();
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, []);
  const form = (
    <form
      className="debug-form"
      aria-label={t("breakpointAt", { path: draft.path, line: draft.line })}
      onSubmit={(event) => {
        event.preventDefault();
        onPut({ ...draft, enabled: true });
        onClose();
      }}
    >
      <label>
        {t("condition")}
        <Input
          className="debug-mono"
          ref={(input) => input?.focus()}
          placeholder={t("conditionHint")}
          maxLength={2000}
          value={draft.condition}
          onChange={({ target }) => setDraft({ ...draft, condition: target.value })}
        />
      </label>
      <label>
        {t("hits")}
        <InputNumber
          min={1}
          max={1_000_000_000}
          precision={0}
          placeholder={t("hitsHint")}
          value={draft.hits}
          onChange={(hits) => setDraft({ ...draft, hits })}
        />
      </label>
      <label>
        {t("log")}
        <Input
          className="debug-mono"
          placeholder={t("logHint")}
          maxLength={2000}
          value={draft.log}
          onChange={({ target }) => setDraft({ ...draft, log: target.value })}
        />
      </label>
      <div className="debug-form-acts">
        <Button
          onClick={() => {
            onRemove(breakpoint);
            onClose();
          }}
        >
          {t("remove")}
        </Button>
        <Button type="primary" htmlType="submit">
          {t("ok")}
        </Button>
      </div>
    </form>
  );
  return (
    <Popover open trigger="click" placement="bottomLeft" arrow={false} destroyOnHidden content={form} onOpenChange={(open) => !open && onClose()}>
      <span className="debug-anchor" style={{ left: at.x, top: at.y }} />
    </Popover>
  );
}

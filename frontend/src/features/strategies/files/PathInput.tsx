import { Input, type InputRef } from "antd";
import { useEffect, useId, useRef, useState } from "react";

import { cleanPath, type PathTrouble } from "../logic/paths";
import { nameOf } from "../logic/tree";
import { fileTexts } from "./i18n";

interface PathInputProps {
  label: string;
  hint: string;
  first: string;
  /** A folder's name gets no ending. */
  folder?: boolean;
  /** Why it cannot be; null where it can. */
  check: (path: string) => PathTrouble | null;
  onDone: (path: string) => void;
  onCancel: () => void;
}

/** A path is typed in the tree: Enter takes it, Escape leaves it. */
export function PathInput({ label, hint, first, folder = false, check, onDone, onCancel }: PathInputProps) {
  const t = fileTexts.useText();
  const id = useId();
  const field = useRef<InputRef>(null);
  const [typed, setTyped] = useState(first);
  const [tried, setTried] = useState(false);
  // The field loses the focus when it goes, too.
  const over = useRef(false);
  const tidy = (text: string) => (folder ? cleanPath(`${text}/x.py`).replace(/\/?x\.py$/, "") : cleanPath(text));
  const trouble = check(tidy(typed));
  const shown = trouble !== null && (tried || (typed !== first && trouble !== "empty" && trouble !== "ending")) ? trouble : null;

  useEffect(() => {
    const input = field.current?.input;
    if (!input) return;
    input.focus();
    // The name without folder and ending is what is changed most often.
    const start = first.length - nameOf(first).length;
    const dot = first.lastIndexOf(".");
    input.setSelectionRange(start, dot > start ? dot : first.length);
  }, [first]);

  const end = (done: boolean) => {
    if (over.current) return;
    over.current = true;
    if (done && typed !== first) onDone(tidy(typed));
    else onCancel();
  };
  const finish = () => {
    if (trouble === null || (typed === first && first !== "")) end(true);
    else setTried(true);
  };
  return (
    <div className="file-input">
      <Input
        ref={field}
        size="small"
        value={typed}
        placeholder={hint}
        maxLength={220}
        aria-label={label}
        aria-invalid={shown !== null}
        aria-describedby={shown === null ? undefined : id}
        {...(shown === null ? {} : { status: "error" as const })}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => end(trouble === null)}
        onKeyDown={(event) => {
          event.stopPropagation(); // the tree has keys of its own
          if (event.key === "Escape") end(false);
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault(); // or the editor, which has the focus by then, begins a new line
          finish();
        }}
      />
      {shown !== null && (
        <p id={id} role="alert" className="danger">
          {t(`why.${shown}`)}
        </p>
      )}
    </div>
  );
}

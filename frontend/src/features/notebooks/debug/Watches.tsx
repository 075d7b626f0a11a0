import { CloseOutlined, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState, type ReactNode } from "react";

import { debugTexts } from "./i18n";
import { evaluatedQuery, type Standing } from "./queries";
import { VariableNode } from "./VariableTree";

interface WatchesProps {
  at: Standing | null;
  frame: number | null;
  watches: readonly string[];
  onChange: (watches: readonly string[]) => void;
}

/** Expressions that are evaluated at each stop in the chosen frame. */
export function Watches({ at, frame, watches, onChange }: WatchesProps) {
  const t = debugTexts.useText();
  const [typed, setTyped] = useState("");
  const [editing, setEditing] = useState<string | null>(null);
  const done = () => {
    const expression = typed.trim();
    if (editing !== null) onChange(expression === "" ? watches.filter((each) => each !== editing) : [...new Set(watches.map((each) => (each === editing ? expression : each)))]);
    else if (expression !== "" && !watches.includes(expression)) onChange([...watches, expression]);
    setTyped("");
    setEditing(null);
  };
  return (
    <>
      <ul className="debug-tree">
        {watches.map((expression) => {
          const acts = (
            <span className="debug-acts">
              <Button
                type="text"
                size="small"
                icon={<EditOutlined aria-hidden />}
                aria-label={t("watchEdit", { name: expression })}
                onClick={() => {
                  setEditing(expression);
                  setTyped(expression);
                }}
              />
              <Button
                type="text"
                size="small"
                icon={<CloseOutlined aria-hidden />}
                aria-label={t("watchRemove", { name: expression })}
                onClick={() => onChange(watches.filter((each) => each !== expression))}
              />
            </span>
          );
          return at !== null && frame !== null ? (
            <Watched key={expression} at={at} frame={frame} expression={expression} extra={acts} />
          ) : (
            <li key={expression}>
              <div className="debug-row" title={t("watchNone")}>
                <span className="debug-twig" />
                <span className="debug-name">{expression}</span>
                {acts}
              </div>
            </li>
          );
        })}
      </ul>
      <Input
        size="small"
        className="debug-mono"
        aria-label={t(editing === null ? "watchAdd" : "watchEdit", { name: editing ?? "" })}
        placeholder={t("watchAdd")}
        value={typed}
        maxLength={2000}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={done}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          setTyped("");
          setEditing(null);
        }}
      />
    </>
  );
}

function Watched({ at, frame, expression, extra }: { at: Standing; frame: number; expression: string; extra: ReactNode }) {
  const t = debugTexts.useText();
  const { data, isError } = useQuery(evaluatedQuery(at, frame, expression));
  const failed = isError || (data !== undefined && data.error !== "");
  const value = isError ? t("noAnswer") : data === undefined ? "…" : data.error || data.value;
  return <VariableNode at={at} name={expression} value={value} type={data?.kind} reference={failed ? 0 : (data?.reference ?? 0)} failed={failed} extra={extra} />;
}

import { CaretDownOutlined, CaretRightOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useState, type ReactNode } from "react";

import { debugTexts } from "./i18n";
import { childrenQuery, PAGE, stopKey, type Standing, type Variable } from "./queries";

interface NodeProps {
  at: Standing;
  name: string;
  /** Left out for a group of variables. */
  value?: string | undefined;
  type?: string | undefined;
  size?: number | null | undefined;
  reference: number;
  /** Of what holds it, to change it; 0 where it cannot be. */
  parent?: number;
  open?: boolean;
  /** At the end of its line. */
  extra?: ReactNode;
  failed?: boolean;
}

/** A variable, and what it holds once it is opened. It stays open from stop to stop. */
export function VariableNode({ at, name, value, type, size, reference, parent = 0, open: first = false, extra, failed = false }: NodeProps) {
  const t = debugTexts.useText();
  const [open, setOpen] = useState(first);
  const [editing, setEditing] = useState(false);
  const changed = useChanged(at, value);
  return (
    <li>
      <div className="debug-row">
        {reference > 0 ? (
          <Button
            type="text"
            size="small"
            className="debug-twig"
            icon={open ? <CaretDownOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
            aria-expanded={open}
            aria-label={t("expand", { name })}
            onClick={() => setOpen(!open)}
          />
        ) : (
          <span className="debug-twig" />
        )}
        <span className={value === undefined ? "debug-scope" : "debug-name"}>{name}</span>
        {editing ? (
          <NewValue at={at} name={name} parent={parent} value={value ?? ""} onDone={() => setEditing(false)} />
        ) : (
          value !== undefined && (
            <button
              type="button"
              className="debug-value-text"
              data-changed={changed}
              data-failed={failed}
              title={`${type ?? ""}${size == null ? "" : ` (${size})`}\n${value}`}
              aria-label={parent > 0 ? `${value} · ${t("edit", { name })}` : value}
              disabled={parent === 0}
              onClick={() => setEditing(true)}
            >
              {value}
            </button>
          )
        )}
        {extra}
      </div>
      {open && reference > 0 && <Held at={at} reference={reference} size={size ?? null} />}
    </li>
  );
}

function Held({ at, reference, size }: { at: Standing; reference: number; size: number | null }) {
  const t = debugTexts.useText();
  const held = useInfiniteQuery(childrenQuery(at, reference));
  const all: Variable[] = held.data?.pages.flat() ?? [];
  return (
    <ul className="debug-tree">
      {all.map((each, index) => (
        <VariableNode key={`${index} ${each.name}`} at={at} parent={reference} {...each} />
      ))}
      {held.isError && (
        <li className="soft">
          {t("noAnswer")}{" "}
          <Button type="link" size="small" onClick={() => void held.refetch()}>
            {t("retry")}
          </Button>
        </li>
      )}
      {held.hasNextPage && (
        <li>
          <Button type="link" size="small" loading={held.isFetchingNextPage} onClick={() => void held.fetchNextPage()}>
            {t("more", { count: size === null ? PAGE : Math.max(1, Math.min(PAGE, size - all.length)) })}
          </Button>
        </li>
      )}
    </ul>
  );
}

/** Give a variable what an expression gives. */
function NewValue({ at, name, parent, value, onDone }: { at: Standing; name: string; parent: number; value: string; onDone: () => void }) {
  const t = debugTexts.useText();
  const client = useQueryClient();
  const [typed, setTyped] = useState(value);
  const [error, setError] = useState("");
  const set = async () => {
    if (typed.trim() === "" || typed === value) {
      onDone();
      return;
    }
    const answer = await at.kernel.ask({ type: "set_variable", reference: parent, name, expression: typed });
    if (answer?.type !== "evaluated") setError(t("noAnswer"));
    else if (answer.error !== "") setError(answer.error);
    else {
      onDone();
      await client.invalidateQueries({ queryKey: stopKey(at) });
    }
  };
  return (
    <Input
      size="small"
      className="debug-new"
      ref={(input) => input?.focus()}
      aria-label={t("newValue", { name })}
      value={typed}
      {...(error !== "" && { status: "error" as const, title: error })}
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={() => void set()}
      onBlur={onDone}
      onKeyDown={(event) => event.key === "Escape" && onDone()}
    />
  );
}

/** Whether a value is another one than at the stop before. */
function useChanged({ stop }: Standing, value: string | undefined): boolean {
  const [seen, setSeen] = useState<{ stop: number; before: string | undefined; latest: string | undefined }>({ stop: stop.number, before: undefined, latest: value });
  if (seen.stop !== stop.number) setSeen({ stop: stop.number, before: seen.latest, latest: value });
  else if (seen.latest !== value) setSeen({ ...seen, latest: value });
  return value !== undefined && seen.before !== undefined && value !== seen.before;
}

import { SearchOutlined } from "@ant-design/icons";
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";
import { usePrefs } from "@/app/prefs";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { shellTexts } from "../i18n";
import { PROVIDERS } from "./providers";
import { usePalette, type PaletteItem } from "./store";
import "./palette.css";

/** The global search, opened by Ctrl/⌘ K: each group appears as soon as its own source answers. */
export function CommandPalette() {
  const { open, show, hide } = usePalette();

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        event.preventDefault();
        show();
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [show]);

  return open ? <PaletteDialog onClose={hide} /> : null;
}

function PaletteDialog({ onClose }: { onClose: () => void }) {
  const t = shellTexts.useText();
  const navigate = useNavigate();
  const language = usePrefs((prefs) => prefs.language);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [input, setInput] = useState("");
  const [active, setActive] = useState(0);
  const query = useDebounced(input.trim(), TYPING_MS);
  const listId = useId();

  useEffect(() => {
    // showModal keeps the focus inside and gives it back to where it was on close.
    dialog.current?.showModal();
  }, []);

  const answers = useQueries({
    queries: PROVIDERS.map((provider) => ({
      queryKey: ["palette", provider.id, language, query],
      queryFn: ({ signal }: { signal: AbortSignal }) => provider.search(query, signal),
      placeholderData: keepPreviousData,
      staleTime: 30_000,
    })),
  });

  const found = answers.map(({ data }) => data ?? []);
  const groups = PROVIDERS.map((provider, index) => ({
    provider,
    items: found[index] ?? [],
    /** Place of the group's first item among all items. */
    first: found.slice(0, index).flat().length,
    error: answers[index]?.error ?? null,
  }));
  const items = found.flat();
  const searching = answers.some((answer) => answer.isFetching);
  const current = Math.min(active, items.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    onClose();
    item.run?.();
    if (item.path !== undefined) void navigate(item.path);
  };

  const move = (to: number) => {
    const next = (to + items.length) % Math.max(1, items.length);
    setActive(next);
    list.current?.querySelector(`#${CSS.escape(optionId(next))}`)?.scrollIntoView({ block: "nearest" });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends the composing of Chinese text belongs to the input method.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") move(current + 1);
    else if (event.key === "ArrowUp") move(current - 1);
    else if (event.key === "Enter") choose(items[current]);
    else return;
    event.preventDefault();
  };

  return (
    // A click on the backdrop lands on the dialog itself; Escape is the keyboard's way out.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t("search")}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div className="palette-input">
        <SearchOutlined aria-hidden="true" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={current >= 0 ? optionId(current) : undefined}
          aria-autocomplete="list"
          aria-label={t("searchHint")}
          placeholder={t("searchHint")}
          value={input}
          onChange={(event) => {
            setInput(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <div className="palette-list" ref={list} role="listbox" id={listId} aria-label={t("results")} aria-busy={searching}>
        {groups.map(({ provider, items: group, first, error }) =>
          group.length === 0 && error === null ? null : (
            <div key={provider.id} role="group" aria-label={provider.title()}>
              <div className="palette-group">{provider.title()}</div>
              {error !== null && (
                <div className="palette-note">
                  {t("searchFailed", { group: provider.title(), message: explain(error).message })}
                </div>
              )}
              {group.map((item, place) => {
                const own = first + place;
                return (
                  // The input keeps the focus and handles the keys, as the combobox pattern asks.
                  // eslint-disable-next-line jsx-a11y/click-events-have-key-events
                  <div
                    key={item.id}
                    id={optionId(own)}
                    role="option"
                    tabIndex={-1}
                    aria-selected={own === current}
                    className="palette-item"
                    onPointerMove={() => setActive(own)}
                    onClick={() => choose(item)}
                  >
                    <span className="palette-item-title">{item.title}</span>
                    {item.detail !== undefined && <span className="soft">{item.detail}</span>}
                  </div>
                );
              })}
            </div>
          ),
        )}
        {items.length === 0 && !searching && <div className="palette-note">{t("searchEmpty", { query })}</div>}
      </div>
      <div className="palette-foot soft">{t("searchKeys")}</div>
    </dialog>
  );
}

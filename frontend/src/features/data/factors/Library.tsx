import { PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Collapse, Input } from "antd";
import { useMemo, useState } from "react";

import { formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { factorsQuery, type FactorLanguage } from "./api";
import type { Draft } from "./FactorsPanel";
import { factorTexts } from "./i18n";
import { matching } from "./logic";

const SHOWN = 400;

interface LibraryProps {
  language: FactorLanguage;
  draft: Draft;
  onOpen: (draft: Draft) => void;
  onNew: () => void;
}

/** One's own factors and those of the sets; a click opens one in the editor. */
export function Library({ language, draft, onOpen, onNew }: LibraryProps) {
  const t = factorTexts.useText();
  const [typed, setTyped] = useState("");
  const list = useInfiniteQuery(factorsQuery);
  const mine = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const sets = useMemo(
    () => language.sets.map(({ name, features }) => ({ name, entries: Object.entries(features).map(([feature, expression]) => ({ name: feature, expression })) })),
    [language],
  );
  const own = matching(mine, typed);
  const searching = typed.trim() !== "";
  return (
    <aside className="factors-library" aria-label={t("library")}>
      <div className="factors-row">
        <Input allowClear value={typed} placeholder={t("search")} aria-label={t("search")} onChange={(event) => setTyped(event.target.value)} />
        <Button icon={<PlusOutlined aria-hidden />} onClick={onNew}>
          {t("new")}
        </Button>
      </div>
      <h2>{t("mine")}</h2>
      {list.isError && list.data === undefined && <ErrorPanel title={t("loadError")} error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Loading rows={3} />}
      {list.isSuccess && mine.length === 0 && (
        <p className="soft">
          {t("mineEmpty")} {t("mineEmptyText")}
        </p>
      )}
      {mine.length > 0 && own.length === 0 && <p className="soft">{t("nothing")}</p>}
      <ul className="factors-list">
        {own.map((factor) => (
          <li key={factor.id}>
            <Entry
              name={factor.name}
              expression={factor.expression}
              open={draft.saved?.id === factor.id}
              onClick={() => onOpen({ saved: factor, set: null, name: factor.name, expression: factor.expression, note: factor.note })}
            />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button size="small" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          …
        </Button>
      )}
      <Collapse
        ghost
        size="small"
        {...(searching ? { activeKey: sets.map(({ name }) => name) } : {})}
        items={sets.map(({ name, entries }) => {
          const found = matching(entries, typed).slice(0, SHOWN);
          return {
            key: name,
            label: t("setOf", { name, count: formatExact(entries.length) }),
            children: (
              <ul className="factors-list factors-set">
                {found.map((entry) => (
                  <li key={entry.name}>
                    <Entry
                      {...entry}
                      open={draft.set === name && draft.name === entry.name}
                      onClick={() => onOpen({ saved: null, set: name, name: entry.name, expression: entry.expression, note: "" })}
                    />
                  </li>
                ))}
                {found.length === 0 && <li className="soft">{t("nothing")}</li>}
              </ul>
            ),
          };
        })}
      />
    </aside>
  );
}

function Entry({ name, expression, open, onClick }: { name: string; expression: string; open: boolean; onClick: () => void }) {
  return (
    <button type="button" className="factors-entry" aria-pressed={open} title={expression} onClick={onClick}>
      <strong>{name}</strong>
      <code>{expression}</code>
    </button>
  );
}

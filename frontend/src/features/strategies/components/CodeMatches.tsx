import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, Button, Checkbox } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { ErrorPanel, Loading } from "@/ui/state";

import { strategyTexts } from "../i18n";
import { grouped, pieces, placeOf } from "../logic/matches";
import { codeSearchQuery } from "../notebookApi";

/** The lines of all strategies in which a text is; each leads to its place. */
export function CodeMatches({ q }: { q: string }) {
  const t = strategyTexts.useText();
  const [case_, setCase] = useState(false);
  const [word, setWord] = useState(false);
  const search = useInfiniteQuery(codeSearchQuery({ q, case: case_, word }));
  const pages = search.data?.pages;
  const groups = useMemo(() => grouped(pages?.flatMap(({ items }) => items) ?? []), [pages]);
  const count = groups.reduce((sum, { matches }) => sum + matches.length, 0);
  const unreadable = pages?.flatMap((page) => page.unreadable) ?? [];

  return (
    <section className="panel code-matches" aria-label={t("inCode")}>
      <header>
        <h2>{t("inCode")}</h2>
        {pages !== undefined && (
          <span className="soft" role="status">
            {t(search.hasNextPage ? "matchesMore" : "matchesCount", { count, strategies: groups.length })}
          </span>
        )}
        <Checkbox checked={case_} onChange={(event) => setCase(event.target.checked)}>
          {t("matchCase")}
        </Checkbox>
        <Checkbox checked={word} onChange={(event) => setWord(event.target.checked)}>
          {t("matchWord")}
        </Checkbox>
      </header>
      {search.isError && <ErrorPanel title={t("inCodeError")} error={search.error} onRetry={() => void search.refetch()} />}
      {search.isPending && <Loading height="48px" />}
      {unreadable.length > 0 && <Alert banner type="warning" title={t("matchesUnreadable", { names: unreadable.join(t("listComma")) })} />}
      <div className="code-matches-list">
        {groups.map(({ id, name, matches }) => (
          <div key={id}>
            <h3>
              {name} <span className="soft">{matches.length}</span>
            </h3>
            <ul>
              {matches.map(({ file, line, text, columns }) => (
                <li key={`${file}:${line}`}>
                  <Link to={`/strategies/${id}?${placeOf(file, line)}`} aria-label={t("matchAt", { name: file == null ? name : `${name}, ${file}`, line })}>
                    <span className="number soft">{line}</span>
                    {file != null && <span className="soft nowrap">{file}</span>}
                    <code>
                      {pieces(text, columns as [number, number][]).map((part, index) =>
                        part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
                      )}
                    </code>
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {search.hasNextPage && (
          <Button size="small" loading={search.isFetchingNextPage} onClick={() => void search.fetchNextPage()}>
            {t("matchesOn")}
          </Button>
        )}
      </div>
    </section>
  );
}

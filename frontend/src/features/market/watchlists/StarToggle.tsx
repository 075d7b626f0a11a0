import { StarFilled, StarOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";

import { watchedQuery } from "./api";
import { watchlistTexts } from "./i18n";
import { useWatching } from "./useWatching";
import "./watchlists.css";

/** A star in a list of search results: watched or not. The list keeps the keyboard. */
export function StarToggle({ symbol, name }: { symbol: string; name: string }) {
  const t = watchlistTexts.useText();
  const { data: watched } = useQuery(watchedQuery);
  const { watch, unwatch, busy } = useWatching();
  const on = watched?.has(symbol) ?? false;
  return (
    <button
      type="button"
      tabIndex={-1}
      className="star"
      data-on={on}
      disabled={busy || watched === undefined}
      aria-pressed={on}
      aria-label={`${t("star")} ${name}`}
      title={t(on ? "starred" : "star")}
      onClick={(event) => {
        event.stopPropagation();
        void (on ? unwatch : watch)({ symbol, name });
      }}
    >
      {on ? <StarFilled aria-hidden /> : <StarOutlined aria-hidden />}
    </button>
  );
}

import { StarFilled, StarOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Popover } from "antd";
import { useState } from "react";

import { membershipQuery, usePutSymbol, useRemoveSymbol, watchlistsQuery } from "./api";
import { watchlistTexts } from "./i18n";
import { useWatching } from "./useWatching";
import "./watchlists.css";

/** Watch an instrument: the first click adds it to the first group, then the groups can be chosen. */
export function StarButton({ symbol, name }: { symbol: string; name: string }) {
  const t = watchlistTexts.useText();
  const groups = useQuery(watchlistsQuery).data;
  const own = useQuery(membershipQuery(symbol)).data;
  const put = usePutSymbol();
  const remove = useRemoveSymbol();
  const { watch, busy } = useWatching();
  const [open, setOpen] = useState(false);
  const on = own !== undefined && own.length > 0;
  const chosen = new Set(own);

  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open && groups !== undefined && groups.length > 0}
      onOpenChange={(wanted) => {
        setOpen(wanted);
        if (wanted && own?.length === 0) void watch({ symbol, name });
      }}
      title={t("inGroups")}
      content={
        <div className="star-groups">
          {groups?.map(({ id, name: group }) => (
            <Checkbox
              key={id}
              checked={chosen.has(id)}
              disabled={put.isPending || remove.isPending}
              onChange={({ target }) => (target.checked ? put : remove).mutate({ id, symbol })}
            >
              {group}
            </Checkbox>
          ))}
        </div>
      }
    >
      <Button
        aria-pressed={on}
        loading={busy}
        disabled={own === undefined || groups === undefined}
        icon={on ? <StarFilled aria-hidden className="star-on" /> : <StarOutlined aria-hidden />}
      >
        {t(on ? "starred" : "star")}
      </Button>
    </Popover>
  );
}

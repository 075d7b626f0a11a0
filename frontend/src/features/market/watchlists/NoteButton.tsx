import { EditOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useState } from "react";

import { usePutSymbol, type WatchQuote } from "./api";
import { watchlistTexts } from "./i18n";

const MOST = 200;

/** A note on a watched symbol, and a way to change it. */
export function NoteButton({ group, quote: { symbol, name, note } }: { group: string; quote: WatchQuote }) {
  const t = watchlistTexts.useText();
  const put = usePutSymbol();
  const [text, setText] = useState<string | null>(null);
  const save = () => put.mutate({ id: group, symbol, note: text?.trim() ?? "" }, { onSuccess: () => setText(null) });
  return (
    <Popover
      trigger="click"
      open={text !== null}
      onOpenChange={(open) => setText(open ? note : null)}
      content={
        <form
          className="watch-new"
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <Input
            value={text ?? ""}
            maxLength={MOST}
            aria-label={t("noteOf", { name })}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t("save")}
          </Button>
        </form>
      }
    >
      <button type="button" className="watch-note" title={note === "" ? t("noteNone") : note} aria-label={t("noteOf", { name })}>
        {note === "" ? <EditOutlined aria-hidden /> : note}
      </button>
    </Popover>
  );
}

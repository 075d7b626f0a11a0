import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { Alert, App, Button, Checkbox, Modal } from "antd";
import { useId, useState } from "react";

import { explain } from "@/api/errors";
import { formatInstant } from "@/ui/format";
import { download } from "@/ui/format/csv";
import { ErrorPanel, Loading } from "@/ui/state";

import { strategiesQuery } from "../api";
import { exportStrategies } from "../archiveApi";
import { strategyTexts } from "../i18n";
import { SHORTEST } from "../logic/strength";
import { PasswordTwice } from "./PasswordTwice";

/** Choose strategies and a password; download an encrypted archive. Mount it when it opens. */
export function ExportDialog({ onClose }: { onClose: () => void }) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const formId = useId();
  const list = useInfiniteQuery(strategiesQuery({ q: "", deleted: false }));
  const items = list.data?.pages.flatMap((page) => page.items);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const make = useMutation({ mutationFn: (ids: string[] | null) => exportStrategies(ids, first) });
  const chosen = items?.filter(({ id }) => !left.has(id)) ?? [];
  const all = left.size === 0;
  const ready = first.length >= SHORTEST && first === second && chosen.length > 0;

  const submit = () => {
    if (!ready || make.isPending) return;
    make.mutate(all ? null : chosen.map(({ id }) => id), {
      onSuccess: (blob) => {
        download(`quantdesk-strategies-${formatInstant(new Date().toISOString()).slice(0, 10)}.zip`, blob);
        void message.success(t("exported"));
        onClose();
      },
    });
  };
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    <Modal
      open
      title={t("exportTitle")}
      width={640}
      onCancel={onClose}
      okText={all && list.hasNextPage ? t("exportAll") : t("exportSome", { count: chosen.length })}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: !ready, loading: make.isPending, htmlType: "submit", form: formId }}
    >
      <form
        id={formId}
        className="archive-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="soft">{t("exportText")}</p>
        {list.isError && <ErrorPanel title={t("listError")} error={list.error} onRetry={() => void list.refetch()} />}
        {items === undefined && !list.isError && <Loading rows={4} />}
        {items !== undefined && (
          <fieldset className="archive-list">
            <legend>
              <Checkbox
                checked={all}
                indeterminate={!all && chosen.length > 0}
                onChange={(event) => setLeft(event.target.checked ? new Set() : new Set(items.map(({ id }) => id)))}
              >
                {t("chooseAll")}
              </Checkbox>
            </legend>
            {items.map(({ id, name, version }) => (
              <Checkbox key={id} checked={!left.has(id)} onChange={() => toggle(id)}>
                {name} <span className="soft">{t("versionCount", { count: version })}</span>
              </Checkbox>
            ))}
            {list.hasNextPage && (
              <Button size="small" type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("moreStrategies")}
              </Button>
            )}
          </fieldset>
        )}
        <PasswordTwice
          first={first}
          second={second}
          onChange={(one, two) => {
            setFirst(one);
            setSecond(two);
          }}
        />
        {make.isError && <Alert type="error" showIcon title={explain(make.error).message} />}
      </form>
    </Modal>
  );
}

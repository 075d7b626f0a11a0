import { DownloadOutlined, SnippetsOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { explain } from "@/api/errors";
import { download } from "@/ui/format/csv";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { AddSymbol } from "./AddSymbol";
import { exportText, useCreateWatchlist, watchlistsQuery, type Watchlist } from "./api";
import { GroupBar } from "./GroupBar";
import { watchlistTexts } from "./i18n";
import { ImportDialog } from "./ImportDialog";
import { chosenGroup } from "./logic";
import { WatchTable } from "./WatchTable";
import "./watchlists.css";

/** The watched symbols, by group. */
export default function WatchlistsView({ onOpen }: { onOpen: (symbol: string) => void }) {
  const t = watchlistTexts.useText();
  const groups = useQuery(watchlistsQuery);
  const [params, setParams] = useSearchParams();
  const current = chosenGroup(groups.data ?? [], params.get("group"));
  const choose = (id: string) => setParams({ group: id }, { replace: true });
  return (
    <Page title={t("title")} actions={current === undefined ? undefined : <Actions key={current.id} group={current} />}>
      {groups.data === undefined && groups.error !== null && (
        <ErrorPanel title={t("loadError")} error={groups.error} onRetry={() => void groups.refetch()} />
      )}
      {groups.data === undefined && groups.error === null && <Loading rows={10} />}
      {groups.data !== undefined && current === undefined && <NoGroup />}
      {groups.data !== undefined && current !== undefined && (
        <>
          <GroupBar groups={groups.data} current={current} onChoose={choose} />
          <WatchTable key={current.id} group={current} onOpen={onOpen} />
        </>
      )}
    </Page>
  );
}

function NoGroup() {
  const t = watchlistTexts.useText();
  const create = useCreateWatchlist();
  return (
    <Empty
      title={t("emptyTitle")}
      action={
        <Button type="primary" loading={create.isPending} onClick={() => create.mutate(t("defaultName"))}>
          {t("emptyAction")}
        </Button>
      }
    >
      {t("emptyText")}
      {create.error !== null && <p className="danger">{explain(create.error).message}</p>}
    </Empty>
  );
}

function Actions({ group }: { group: Watchlist }) {
  const t = watchlistTexts.useText();
  const { notification } = App.useApp();
  const [importing, setImporting] = useState(false);
  const save = async () => {
    try {
      download(`${group.name}.txt`, await exportText(group.id));
    } catch (error) {
      notification.error({ title: t("failed"), description: explain(error).message, duration: 0 });
    }
  };
  return (
    <>
      <AddSymbol group={group} />
      <Button icon={<SnippetsOutlined aria-hidden />} onClick={() => setImporting(true)}>
        {t("import")}
      </Button>
      <Button icon={<DownloadOutlined aria-hidden />} onClick={() => void save()}>
        {t("export")}
      </Button>
      {importing && <ImportDialog group={group} onClose={() => setImporting(false)} />}
    </>
  );
}

import { AppstoreOutlined, DeleteOutlined, EditOutlined, ExportOutlined, ImportOutlined, PlusOutlined, UndoOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, App, Button, Input, Popconfirm, Segmented } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { useNow, wallClock } from "@/features/jobs/components/useNow";
import { prefetchEditor } from "@/ui/editor";
import { Change, formatAge, formatInstant } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { useUndo } from "@/ui/undo/useUndo";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { strategiesQuery, useDeleteStrategy, usePurgeStrategy, useRestoreStrategy, type Strategy } from "../api";
import { CodeMatches } from "../components/CodeMatches";
import { ExportDialog } from "../components/ExportDialog";
import { ImportDialog } from "../components/ImportDialog";
import { ImportNotebook } from "../components/ImportNotebook";
import { NewStrategyDialog } from "../components/NewStrategyDialog";
import { RenameStrategy } from "../components/RenameStrategy";
import { useBrought } from "../components/useBrought";
import { strategyTexts } from "../i18n";
import { daysLeft } from "../logic/trash";
import "../components/strategies.css";

/** All strategies, last changed first, and the trash. */
export default function StrategiesPage() {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const navigate = useNavigate();
  const { notification, message } = App.useApp();
  const offerUndo = useUndo();
  const [search, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(search.get("q") ?? "");
  const [creating, setCreating] = useState(search.has("new"));
  const [renaming, setRenaming] = useState<Strategy | null>(null);
  const [archive, setArchive] = useState<"export" | "import" | null>(null);
  const trash = search.has("trash");
  const brought = useBrought();
  const carried = brought.search;
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(strategiesQuery({ q, deleted: trash }));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const { mutateAsync: remove } = useDeleteStrategy();
  const { mutateAsync: restore } = useRestoreStrategy();
  const { mutateAsync: purge } = usePurgeStrategy();
  const now = useNow(wallClock, true, 30_000);

  const columns = useMemo<Column<Strategy>[]>(() => {
    const failed = (error: unknown) => notification.error({ title: t("actionFailed"), description: explain(error).message, duration: 0 });
    const onDelete = async (strategy: Strategy) => {
      try {
        await remove(strategy.id);
        offerUndo({ done: t("deleted", { name: strategy.name }), undo: () => restore(strategy.id) });
      } catch (error) {
        failed(error);
      }
    };
    const onRestore = async (strategy: Strategy) => {
      try {
        await restore(strategy.id);
        void message.success(t("restored", { name: strategy.name }));
      } catch (error) {
        failed(error);
      }
    };
    const onPurge = async (strategy: Strategy) => {
      try {
        await purge(strategy.id);
        void message.success(t("purged", { name: strategy.name }));
      } catch (error) {
        failed(error);
      }
    };
    const live: Column<Strategy>[] = [
      {
        key: "last",
        title: t("columnLast"),
        width: "120px",
        numeric: true,
        value: ({ last_backtest: last }) => last?.total_return,
        render: ({ last_backtest: last }) =>
          last == null ? (
            <span className="soft">{t("never")}</span>
          ) : (
            <Link to={`/backtests/${last.id}`} title={formatInstant(last.finished_at)}>
              <Change value={last.total_return} />
            </Link>
          ),
      },
      {
        key: "changed",
        title: t("columnChanged"),
        width: "120px",
        value: ({ updated_at: at }) => at,
        render: ({ updated_at: at }) => <span title={formatInstant(at)}>{formatAge(at, now, language)}</span>,
      },
    ];
    const gone: Column<Strategy>[] = [
      { key: "deleted", title: t("columnDeleted"), width: "160px", value: ({ deleted_at: at }) => at, render: ({ deleted_at: at }) => formatInstant(at, { seconds: false }) },
      {
        key: "left",
        title: t("columnLeft"),
        width: "96px",
        numeric: true,
        value: ({ deleted_at: at }) => at,
        render: ({ deleted_at: at }) => t("daysLeft", { count: daysLeft(at, now) }),
      },
    ];
    return [
      {
        key: "name",
        title: t("columnName"),
        width: "minmax(160px, 1.4fr)",
        value: ({ name }) => name,
        render: ({ id, name }) => (trash ? name : <Link to={`/strategies/${id}${carried}`}>{name}</Link>),
      },
      {
        key: "description",
        // In the trash its place is needed for what can be done.
        ...(trash ? { from: 1000 } : {}),
        title: t("columnDescription"),
        width: "minmax(120px, 2fr)",
        sortable: false,
        value: ({ description }) => description,
        render: ({ description }) => <span className="soft">{description}</span>,
      },
      { key: "version", title: t("columnVersion"), width: "72px", value: ({ version }) => version, render: ({ version }) => t("version", { number: version }) },
      ...(trash ? gone : live),
      {
        key: "actions",
        title: t("columnActions"),
        width: trash ? "190px" : "88px",
        sortable: false,
        value: () => null,
        render: (strategy) =>
          trash ? (
            <>
              <Button size="small" icon={<UndoOutlined aria-hidden />} onClick={() => void onRestore(strategy)}>
                {t("restore")}
              </Button>{" "}
              <Popconfirm
                title={t("purgeTitle", { name: strategy.name })}
                description={t("purgeText", { count: strategy.version })}
                okText={t("purge")}
                okButtonProps={{ danger: true }}
                cancelText={t("cancel")}
                onConfirm={() => onPurge(strategy)}
              >
                <Button size="small" danger type="text">
                  {t("purge")}
                </Button>
              </Popconfirm>
            </>
          ) : (
            <>
              <Button size="small" type="text" icon={<EditOutlined aria-hidden />} aria-label={`${t("rename")} ${strategy.name}`} title={t("rename")} onClick={() => setRenaming(strategy)} />
              <Button size="small" type="text" icon={<DeleteOutlined aria-hidden />} aria-label={`${t("delete")} ${strategy.name}`} title={t("delete")} onClick={() => void onDelete(strategy)} />
            </>
          ),
      },
    ];
  }, [t, trash, carried, now, language, remove, restore, purge, offerUndo, notification, message]);

  const create = (
    <Button type="primary" data-tour="new-strategy" icon={<PlusOutlined aria-hidden />} onClick={() => setCreating(true)} onPointerEnter={prefetchEditor}>
      {t("new")}
    </Button>
  );
  const empty = trash ? (
    <Empty title={t("emptyTrash")}>{t("emptyTrashText")}</Empty>
  ) : q === "" ? (
    <Empty title={t("emptyTitle")} action={create}>
      {t("emptyText")}
    </Empty>
  ) : (
    <Empty title={t("emptySearch", { query: q })} action={<Button onClick={() => setTyped("")}>{t("clearSearch")}</Button>} />
  );

  return (
    <Page
      title={t("title")}
      actions={
        <>
          <Link to={`/strategies/templates${carried}`}>
            <Button icon={<AppstoreOutlined aria-hidden />}>{t("templates")}</Button>
          </Link>
          <Button icon={<ImportOutlined aria-hidden />} onClick={() => setArchive("import")}>
            {t("import")}
          </Button>
          <ImportNotebook />
          <Button data-tour="export" icon={<ExportOutlined aria-hidden />} onClick={() => setArchive("export")}>
            {t("export")}
          </Button>
          {create}
        </>
      }
    >
      {brought.symbols.length > 0 && !trash && (
        <Alert
          showIcon
          type="info"
          title={t("chooseFor", { symbols: brought.names })}
          closable={{ onClose: () => setSearch({}) }}
        />
      )}
      <div className="filters">
        <Input.Search
          allowClear
          className="list-search"
          maxLength={80}
          value={typed}
          placeholder={t("searchPlaceholder")}
          aria-label={t("searchPlaceholder")}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Segmented
          aria-label={t("title")}
          value={trash ? "trash" : "live"}
          onChange={(value) => setSearch(value === "trash" ? { trash: "" } : {})}
          options={[
            { value: "live", label: t("live") },
            { value: "trash", label: t("trash") },
          ]}
        />
      </div>
      <section className="panel">
        <DataTable
          key={trash ? "trash" : "live"}
          label={t("title")}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          error={list.error}
          onRetry={() => void list.refetch()}
          maxHeight="calc(100vh - 240px)"
          onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
          {...(trash ? {} : { onRowClick: ({ id }: Strategy) => void navigate(`/strategies/${id}${carried}`) })}
          empty={empty}
        />
      </section>
      {q !== "" && !trash && <CodeMatches q={q} />}
      <NewStrategyDialog open={creating} onClose={() => setCreating(false)} search={brought.search} />
      {archive === "export" && <ExportDialog onClose={() => setArchive(null)} />}
      {archive === "import" && <ImportDialog onClose={() => setArchive(null)} />}
      {renaming !== null && <RenameStrategy strategy={renaming} onClose={() => setRenaming(null)} />}
    </Page>
  );
}

import { MoreOutlined, PlusOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, Input, Popover } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { RenameDialog } from "@/ui/RenameDialog";
import { useUndo } from "@/ui/undo/useUndo";

import { useCreateWatchlist, useDeleteWatchlist, useRestoreWatchlist, useUpdateWatchlist, type Watchlist } from "./api";
import { watchlistTexts } from "./i18n";

const MOST_OF_NAME = 40;

interface GroupBarProps {
  groups: readonly Watchlist[];
  current: Watchlist;
  onChoose: (id: string) => void;
}

/** The groups, and what can be done with the one that is open. */
export function GroupBar({ groups, current, onChoose }: GroupBarProps) {
  const t = watchlistTexts.useText();
  const { notification } = App.useApp();
  const offerUndo = useUndo();
  const update = useUpdateWatchlist();
  const remove = useDeleteWatchlist();
  const restore = useRestoreWatchlist();
  const [renaming, setRenaming] = useState(false);
  const place = groups.findIndex(({ id }) => id === current.id);

  const failed = (error: unknown) =>
    notification.error({ title: t("failed"), description: explain(error).message, duration: 0 });
  const move = (position: number) => update.mutate({ id: current.id, position }, { onError: failed });
  const deleteGroup = async () => {
    // This bar may be gone with its group by then: what is awaited goes on all the same.
    try {
      await remove.mutateAsync(current.id);
    } catch (error) {
      failed(error);
      return;
    }
    offerUndo({ done: t("deleted", { name: current.name }), undo: () => restore.mutateAsync(current.id) });
  };
  const items = [
    { key: "rename", label: t("rename"), onClick: () => setRenaming(true) },
    { key: "left", label: t("moveLeft"), disabled: place <= 0, onClick: () => move(place - 1) },
    { key: "right", label: t("moveRight"), disabled: place >= groups.length - 1, onClick: () => move(place + 1) },
    { key: "delete", label: t("delete"), danger: true, onClick: () => void deleteGroup() },
  ];
  return (
    <div className="watch-groups">
      <nav aria-label={t("groups")} className="watch-tabs">
        {groups.map(({ id, name, symbols }) => (
          <button key={id} type="button" aria-current={id === current.id ? "true" : undefined} onClick={() => onChoose(id)}>
            {name} <span className="soft">{symbols}</span>
          </button>
        ))}
      </nav>
      <Dropdown menu={{ items }} trigger={["click"]}>
        <Button type="text" icon={<MoreOutlined aria-hidden />} aria-label={t("groupMenu")} title={t("groupMenu")} />
      </Dropdown>
      <NewGroup onMade={onChoose} />
      {renaming && (
        <RenameDialog
          name={current.name}
          maxLength={MOST_OF_NAME}
          saving={update.isPending}
          error={update.error}
          onSave={(name) => update.mutate({ id: current.id, name }, { onSuccess: () => setRenaming(false) })}
          onClose={() => {
            update.reset();
            setRenaming(false);
          }}
        />
      )}
    </div>
  );
}

/** A small form that makes a group. */
function NewGroup({ onMade }: { onMade: (id: string) => void }) {
  const t = watchlistTexts.useText();
  const create = useCreateWatchlist();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const make = () =>
    create.mutate(name.trim(), {
      onSuccess: ({ id }) => {
        setOpen(false);
        setName("");
        onMade(id);
      },
    });
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={(wanted) => {
        create.reset();
        setOpen(wanted);
      }}
      content={
        <form
          className="watch-new"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") make();
          }}
        >
          <Input
            value={name}
            maxLength={MOST_OF_NAME}
            aria-label={t("groupName")}
            placeholder={t("groupName")}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="primary" htmlType="submit" disabled={name.trim() === ""} loading={create.isPending}>
            {t("create")}
          </Button>
          {create.error !== null && <span className="danger">{explain(create.error).message}</span>}
        </form>
      }
    >
      <Button type="text" icon={<PlusOutlined aria-hidden />}>
        {t("newGroup")}
      </Button>
    </Popover>
  );
}

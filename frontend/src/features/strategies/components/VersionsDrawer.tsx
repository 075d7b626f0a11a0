import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Checkbox, Drawer, Input } from "antd";
import { useState } from "react";

import { formatInstant } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { versionsQuery, type Version } from "../api";
import { strategyTexts } from "../i18n";
import type { EditingControl } from "./useEditing";
import { VersionView } from "./VersionView";
import "./strategies.css";

interface VersionsDrawerProps {
  strategyId: string;
  control: EditingControl;
  open: boolean;
  onClose: () => void;
}

/** The history of a strategy: find, name, side by side, restore as a new version, compare backtests. */
export function VersionsDrawer({ strategyId, control, open, onClose }: VersionsDrawerProps) {
  const t = strategyTexts.useText();
  return (
    <Drawer open={open} onClose={onClose} title={t("versionsTitle")} size="min(1240px, 96vw)" destroyOnHidden>
      <History strategyId={strategyId} control={control} />
    </Drawer>
  );
}

function History({ strategyId, control }: Pick<VersionsDrawerProps, "strategyId" | "control">) {
  const t = strategyTexts.useText();
  const [typed, setTyped] = useState("");
  const [labelled, setLabelled] = useState(false);
  const q = useDebounced(typed.trim(), TYPING_MS);
  const versions = useInfiniteQuery({ ...versionsQuery(strategyId, { q, labelled }), staleTime: 0 });
  const [chosen, setChosen] = useState<Version | null>(null);
  if (versions.data === undefined) {
    return versions.isError ? (
      <ErrorPanel title={t("versionsError")} error={versions.error} onRetry={() => void versions.refetch()} />
    ) : (
      <Loading rows={8} />
    );
  }
  const items = versions.data.pages.flatMap((page) => page.items);
  // The list's own, so that a new label is shown at once.
  const shown = items.find(({ number }) => number === chosen?.number) ?? chosen ?? items[0];
  return (
    <div className="versions">
      <div className="version-side">
        <Input.Search
          allowClear
          size="small"
          value={typed}
          placeholder={t("findVersion")}
          aria-label={t("findVersion")}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Checkbox checked={labelled} onChange={(event) => setLabelled(event.target.checked)}>
          {t("onlyLabelled")}
        </Checkbox>
        <div className="version-list">
          {items.map((version) => (
            <button key={version.number} type="button" aria-current={version.number === shown?.number} onClick={() => setChosen(version)}>
              <strong>
                {t("version", { number: version.number })}
                {version.label !== null && <span className="version-label">{version.label}</span>}
                {version.number === control.editing.base.version && <span className="soft"> {t("current")}</span>}
              </strong>
              <span>{version.message === "" ? <span className="soft">{t("noMessage")}</span> : version.message}</span>
              <span className="soft">
                {formatInstant(version.created_at, { seconds: false })} · {version.author} · {t("lines", { count: version.lines })}
              </span>
            </button>
          ))}
          {items.length === 0 && <p className="soft">{t("noVersionFound")}</p>}
          {versions.hasNextPage && (
            <Button block size="small" type="text" loading={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
              {t("olderVersions")}
            </Button>
          )}
        </div>
      </div>
      {shown === undefined ? (
        <Empty title={t("firstVersion")} />
      ) : (
        <VersionView key={shown.number} strategyId={strategyId} version={shown} control={control} />
      )}
    </div>
  );
}

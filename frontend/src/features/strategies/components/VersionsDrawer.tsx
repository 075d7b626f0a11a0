import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Segmented } from "antd";
import { useState } from "react";

import { formatInstant } from "@/ui/format";
import { CodeDiff, CodeEditor } from "@/ui/editor";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { versionQuery, versionsQuery, type Version } from "../api";
import { strategyTexts } from "../i18n";
import type { EditingControl } from "./useEditing";
import "./strategies.css";

interface VersionsDrawerProps {
  strategyId: string;
  control: EditingControl;
  open: boolean;
  onClose: () => void;
}

/** The history of a strategy: list, side by side, restore as a new version. */
export function VersionsDrawer({ strategyId, control, open, onClose }: VersionsDrawerProps) {
  const t = strategyTexts.useText();
  return (
    <Drawer open={open} onClose={onClose} title={t("versionsTitle")} size="min(1120px, 94vw)" destroyOnHidden>
      <History strategyId={strategyId} control={control} />
    </Drawer>
  );
}

function History({ strategyId, control }: Pick<VersionsDrawerProps, "strategyId" | "control">) {
  const t = strategyTexts.useText();
  const versions = useQuery({ ...versionsQuery(strategyId), staleTime: 0 });
  const [chosen, setChosen] = useState<number | null>(null);
  if (versions.data === undefined) {
    return versions.isError ? (
      <ErrorPanel title={t("versionsError")} error={versions.error} onRetry={() => void versions.refetch()} />
    ) : (
      <Loading rows={8} />
    );
  }
  const { items } = versions.data;
  const shown = items.find(({ number }) => number === chosen) ?? items[0];
  return (
    <div className="versions">
      <div className="version-list">
        {items.map((version) => (
          <button key={version.number} type="button" aria-current={version.number === shown?.number} onClick={() => setChosen(version.number)}>
            <strong>
              {t("version", { number: version.number })}
              {version.number === control.editing.base.version && <span className="soft"> {t("current")}</span>}
            </strong>
            <span>{version.message === "" ? <span className="soft">{t("noMessage")}</span> : version.message}</span>
            <span className="soft">
              {formatInstant(version.created_at, { seconds: false })} · {version.author} · {t("lines", { count: version.lines })}
            </span>
          </button>
        ))}
      </div>
      {shown === undefined ? (
        <Empty title={t("firstVersion")} />
      ) : (
        <Comparison key={shown.number} strategyId={strategyId} version={shown} control={control} />
      )}
    </div>
  );
}

type Against = "editor" | "previous";

function Comparison({ strategyId, version, control }: { strategyId: string; version: Version; control: EditingControl }) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const [against, setAgainst] = useState<Against>(control.dirty ? "editor" : "previous");
  const [restoring, setRestoring] = useState(false);
  const { number } = version;
  const first = number <= 1;
  const detail = useQuery(versionQuery(strategyId, number));
  const previous = useQuery({ ...versionQuery(strategyId, number - 1), enabled: against === "previous" && !first });
  const label = (n: number) => t("version", { number: n });

  const restore = async (code: string) => {
    setRestoring(true);
    const to = await control.restore(number, code);
    setRestoring(false);
    if (to !== null) void message.success(t("restoredToast", { from: number, to }));
  };

  const view = () => {
    const error = detail.error ?? (against === "previous" ? previous.error : null);
    if (error !== null) return <ErrorPanel title={t("versionsError")} error={error} onRetry={() => void detail.refetch()} />;
    if (detail.data === undefined) return <Loading height="100%" />;
    const { code } = detail.data;
    if (against === "previous") {
      if (first) return <CodeEditor readOnly value={code} label={label(number)} />;
      if (previous.data === undefined) return <Loading height="100%" />;
      return <CodeDiff original={previous.data.code} modified={code} label={t("diffVersions", { left: label(number - 1), right: label(number) })} />;
    }
    if (code === control.editing.code) return <CodeEditor readOnly value={code} label={label(number)} />;
    return <CodeDiff original={code} modified={control.editing.code} label={t("diffVersions", { left: label(number), right: t("editorCode") })} />;
  };

  const same = against === "editor" && detail.data?.code === control.editing.code;
  return (
    <div className="version-view">
      <div className="version-tools">
        <Segmented<Against>
          aria-label={t("compareWith")}
          value={against}
          onChange={setAgainst}
          options={[
            { value: "editor", label: t("withEditor") },
            { value: "previous", label: t("withPrevious") },
          ]}
        />
        {same && <span className="soft">{t("same")}</span>}
        {against === "previous" && first && <span className="soft">{t("firstVersion")}</span>}
        {control.dirty && <span className="soft">{t("restoreDirty")}</span>}
        <Button
          disabled={detail.data === undefined || number === control.editing.base.version}
          loading={restoring}
          onClick={() => detail.data !== undefined && void restore(detail.data.code)}
        >
          {t("restoreVersion")}
        </Button>
      </div>
      {view()}
    </div>
  );
}

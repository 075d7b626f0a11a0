import { TagOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Input, InputNumber, Segmented } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { ErrorPanel, Loading } from "@/ui/state";

import { useLabelVersion, versionQuery, type Version } from "../api";
import { ProjectDiff, ProjectView } from "../files/ProjectDiff";
import { strategyTexts } from "../i18n";
import { projectOf, sameProject, type Project } from "../logic/project";
import { CompareRuns } from "./CompareRuns";
import type { EditingControl } from "./useEditing";

interface VersionViewProps {
  strategyId: string;
  version: Version;
  control: EditingControl;
}

type Against = "editor" | "previous" | "other";

/** One version beside the editor, the one before, or any other. */
export function VersionView({ strategyId, version, control }: VersionViewProps) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const { number } = version;
  const newest = control.editing.base.version;
  const [against, setAgainst] = useState<Against>(control.dirty ? "editor" : "previous");
  const [other, setOther] = useState(number === newest ? Math.max(1, number - 1) : newest);
  const [restoring, setRestoring] = useState(false);
  const left = against === "other" ? other : number - 1;
  const detail = useQuery(versionQuery(strategyId, number));
  const beside = useQuery({ ...versionQuery(strategyId, left), enabled: against !== "editor" && left > 0 && left !== number });
  const label = (n: number) => t("version", { number: n });

  const restore = async (project: Project) => {
    setRestoring(true);
    const to = await control.restore(number, project);
    setRestoring(false);
    if (to !== null) void message.success(t("restoredToast", { from: number, to }));
  };

  const view = () => {
    const error = detail.error ?? (against === "editor" ? null : beside.error);
    if (error !== null) return <ErrorPanel title={t("versionsError")} error={error} onRetry={() => void detail.refetch()} />;
    if (detail.data === undefined) return <Loading height="100%" />;
    const own = projectOf(detail.data);
    const alone = <ProjectView project={own} label={label(number)} />;
    if (against === "editor") {
      const typed = control.editing.project;
      if (sameProject(own, typed)) return alone;
      return <ProjectDiff original={own} modified={typed} label={t("diffVersions", { left: label(number), right: t("editorCode") })} />;
    }
    if (left < 1 || left === number) return alone;
    if (beside.data === undefined) return <Loading height="100%" />;
    return <ProjectDiff original={projectOf(beside.data)} modified={own} label={t("diffVersions", { left: label(left), right: label(number) })} />;
  };

  const compared = against === "editor" ? control.editing.project : beside.data && projectOf(beside.data);
  const same = detail.data !== undefined && compared !== undefined && sameProject(projectOf(detail.data), compared);
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
            { value: "other", label: t("withOther") },
          ]}
        />
        {against === "other" && (
          <InputNumber
            min={1}
            max={newest}
            precision={0}
            prefix="v"
            className="version-other"
            aria-label={t("otherVersion")}
            value={other}
            onChange={(value) => setOther(value ?? newest)}
          />
        )}
        {same && <span className="soft">{t("same")}</span>}
        {against === "previous" && number <= 1 && <span className="soft">{t("firstVersion")}</span>}
        {control.dirty && <span className="soft">{t("restoreDirty")}</span>}
        <span className="version-acts">
          <VersionLabel key={version.label} strategyId={strategyId} version={version} />
          {against !== "editor" && left > 0 && left !== number && <CompareRuns strategyId={strategyId} one={left} two={number} />}
          <Button
            disabled={detail.data === undefined || number === newest}
            loading={restoring}
            onClick={() => detail.data !== undefined && void restore(projectOf(detail.data))}
          >
            {t("restoreVersion")}
          </Button>
        </span>
      </div>
      {view()}
    </div>
  );
}

function VersionLabel({ strategyId, version }: Pick<VersionViewProps, "strategyId" | "version">) {
  const t = strategyTexts.useText();
  const { notification } = App.useApp();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(version.label ?? "");
  const label = useLabelVersion(strategyId);
  const save = () => {
    const wanted = text.trim();
    if (wanted === (version.label ?? "")) {
      setOpen(false);
      return;
    }
    label.mutate(
      { number: version.number, label: wanted === "" ? null : wanted },
      {
        onSuccess: () => setOpen(false),
        onError: (error) => notification.error({ title: t("actionFailed"), description: explain(error).message, duration: 0 }),
      },
    );
  };
  if (!open) {
    return (
      <Button icon={<TagOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {version.label ?? t("nameVersion")}
      </Button>
    );
  }
  return (
    <Input
      ref={(input) => input?.focus()}
      className="version-name"
      maxLength={60}
      value={text}
      disabled={label.isPending}
      placeholder={t("nameVersionHint")}
      aria-label={t("nameVersion")}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={save}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation(); // the drawer stays open
        setText(version.label ?? "");
        setOpen(false);
      }}
    />
  );
}

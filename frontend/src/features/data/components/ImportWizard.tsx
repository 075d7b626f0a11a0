import { CheckCircleFilled, CloseCircleFilled, DeleteOutlined, InboxOutlined, WarningFilled } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useId, useState, type ComponentProps, type DragEvent } from "react";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { formatBytes } from "@/ui/format";
import { ProgressLine } from "@/ui/state";

import { useCreateImport, type Import } from "../api";
import { dataTexts } from "../i18n";
import { missingFields } from "../logic/mapping";
import { rememberItems } from "../logic/remembered";
import { importItems, twins, type WizardFile } from "../logic/uploads";
import { InspectionPanel } from "./InspectionPanel";
import { useUploads } from "./useUploads";
import "./data.css";

/** Drop files, check what they seem to hold, correct it, import. */
export function ImportWizard({ onStarted }: { onStarted: (created: Import) => void }) {
  const t = dataTexts.useText();
  const inputId = useId();
  const { files, dispatch, add, inspect, remove } = useUploads();
  const [over, setOver] = useState(false);
  const create = useCreateImport();
  const items = importItems(files);
  const leftOut = files.length - items.length;
  const busy = files.some(({ state }) => state.step === "sending");

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add([...event.dataTransfer.files]);
  };
  const start = () =>
    create.mutate(items, {
      onSuccess: (created) => {
        rememberItems(created.id, items);
        dispatch({ type: "cleared" });
        onStarted(created);
      },
    });

  return (
    <div className="panel-body import-wizard">
      {/* The label opens the file dialog by mouse and keyboard; dropping is one way more. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <label
        htmlFor={inputId}
        className="drop"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <InboxOutlined className="drop-icon" aria-hidden />
        <strong>{t("dropTitle")}</strong>
        <span className="soft">{t("dropText")}</span>
        <input
          id={inputId}
          type="file"
          multiple
          className="visually-hidden"
          accept=".csv,.txt,.parquet,.day,.lc1,.lc5"
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </label>
      {files.length > 0 && (
        <>
          <ul className="import-files">
            {files.map((file, index) => (
              <li key={file.key}>
                <FileRow
                  file={file}
                  first={index === 0}
                  twins={twins(files, file.key)}
                  onEdit={(edit) => dispatch({ type: "edited", key: file.key, edit })}
                  onSpread={() => dispatch({ type: "spread", key: file.key })}
                  onCheck={() => void inspect(file)}
                  onRemove={() => remove(file)}
                />
              </li>
            ))}
          </ul>
          {create.isError && <Alert type="error" showIcon title={t("startFailed")} description={explain(create.error).message} />}
          <div className="inspection-actions">
            <span className="soft">{leftOut > 0 && t("leftOut", { count: leftOut })}</span>
            <span className="inspection-buttons">
              <Button onClick={() => files.forEach(remove)}>{t("clearAll")}</Button>
              <Button type="primary" disabled={items.length === 0 || busy} loading={create.isPending} onClick={start}>
                {t("start", { count: items.length })}
              </Button>
            </span>
          </div>
        </>
      )}
    </div>
  );
}

interface FileRowProps {
  file: WizardFile;
  first: boolean;
  twins: number;
  onEdit: ComponentProps<typeof InspectionPanel>["onEdit"];
  onSpread: () => void;
  onCheck: () => void;
  onRemove: () => void;
}

function FileRow({ file, first, twins: count, onEdit, onSpread, onCheck, onRemove }: FileRowProps) {
  const t = dataTexts.useText();
  const [toggled, setToggled] = useState<boolean | null>(null);
  const { state, name, size } = file;
  const open = toggled ?? (first || (state.step === "ready" && missingFields(state.edit).length > 0));
  return (
    <section className="import-file">
      <header>
        <FileVerdict file={file} />
        <strong>{name}</strong>
        <span className="soft">{formatBytes(size)}</span>
        <span className="import-file-tools">
          {state.step === "ready" && (
            <Button size="small" type="link" aria-expanded={open} aria-label={t("open", { name })} onClick={() => setToggled(!open)}>
              {open ? "▾" : "▸"} {t("columns")}
            </Button>
          )}
          <Button size="small" type="text" icon={<DeleteOutlined aria-hidden />} aria-label={`${t("remove")} ${name}`} title={t("remove")} onClick={onRemove} />
        </span>
      </header>
      {state.step === "sending" && <ProgressLine label={name} fraction={state.fraction >= 1 ? null : state.fraction} note={t(state.fraction >= 1 ? "inspecting" : "sending")} />}
      {state.step === "failed" && <Alert type="error" showIcon title={t("sendFailed")} description={explain(state.error).message} />}
      {state.step === "refused" && <Refusal file={file} />}
      {state.step === "ready" && open && (
        <InspectionPanel
          inspection={state.upload.inspection}
          edit={state.edit}
          onEdit={onEdit}
          onCheck={onCheck}
          checking={state.inspecting}
          twins={count}
          onSpread={onSpread}
        />
      )}
    </section>
  );
}

function Refusal({ file: { state } }: { file: WizardFile }) {
  const t = dataTexts.useText();
  const language = useLanguage();
  if (state.step !== "refused") return null;
  const { problem } = state.upload;
  return <Alert type="error" showIcon title={t("refused")} description={problem === null ? undefined : <>{localText(problem, "message", language)} <code>{problem.code}</code></>} />;
}

function FileVerdict({ file: { state } }: { file: WizardFile }) {
  const t = dataTexts.useText();
  if (state.step === "sending") return null;
  if (state.step !== "ready") return <CloseCircleFilled className="danger" aria-label={t("refused")} />;
  const open = missingFields(state.edit).length;
  return open === 0 ? (
    <span className="verdict-ready">
      <CheckCircleFilled aria-hidden /> {t("ready")}
    </span>
  ) : (
    <span className="danger">
      <WarningFilled aria-hidden /> {t("incomplete", { count: open })}
    </span>
  );
}

import { InboxOutlined } from "@ant-design/icons";
import { useMutation } from "@tanstack/react-query";
import { Alert, App, Button, Input, Modal, Select } from "antd";
import { useId, useRef, useState } from "react";

import { explain } from "@/api/errors";
import { formatInstant } from "@/ui/format";

import { openArchive, useImportArchive, type ArchiveEntry, type ImportChoice } from "../archiveApi";
import { strategyTexts } from "../i18n";

/** Open an exported archive, look at what it holds, and import it. Mount it when it opens. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const formId = useId();
  const passwordId = useId();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [password, setPassword] = useState("");
  const [choices, setChoices] = useState<Record<string, ImportChoice>>({});
  const open = useMutation({ mutationFn: (chosen: File) => openArchive(chosen, password) });
  const bring = useImportArchive();
  const seen = open.data;
  const entries = seen?.preview.strategies ?? [];
  const choiceOf = (entry: ArchiveEntry): ImportChoice => choices[entry.folder] ?? (entry.state === "new" ? "keep_both" : "skip");
  const wanted = entries.filter((entry) => choiceOf(entry) !== "skip").length;

  const submit = () => {
    if (seen === undefined) {
      if (file !== null && password !== "") open.mutate(file);
      return;
    }
    bring.mutate(
      { id: seen.id, password, choices: Object.fromEntries(entries.map((entry) => [entry.folder, choiceOf(entry)])) },
      {
        onSuccess: ({ items }) => {
          void message.success(t("imported", { count: items.filter(({ outcome }) => outcome !== "skipped").length }));
          onClose();
        },
      },
    );
  };
  const error = open.error ?? bring.error;
  return (
    <Modal
      open
      title={t("importTitle")}
      width={seen === undefined ? 520 : 760}
      onCancel={onClose}
      okText={seen === undefined ? t("openArchive") : t("importCount", { count: wanted })}
      cancelText={t("cancel")}
      okButtonProps={{
        htmlType: "submit",
        form: formId,
        loading: open.isPending || bring.isPending,
        disabled: seen === undefined ? file === null || password === "" : wanted === 0,
      }}
    >
      <form
        id={formId}
        className="archive-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {seen === undefined ? (
          <>
            <input
              ref={picker}
              hidden
              type="file"
              accept=".zip,application/zip"
              aria-label={t("chooseFile")}
              onChange={(event) => {
                setFile(event.target.files?.[0] ?? null);
                open.reset();
              }}
            />
            <Button icon={<InboxOutlined aria-hidden />} onClick={() => picker.current?.click()}>
              {file === null ? t("chooseFile") : file.name}
            </Button>
            <div className="stacked">
              <label htmlFor={passwordId}>{t("password")}</label>
              <Input.Password
                id={passwordId}
                autoComplete="off"
                maxLength={200}
                value={password}
                onChange={(event) => {
                  setPassword(event.target.value);
                  open.reset();
                }}
              />
            </div>
          </>
        ) : (
          <>
            <p className="soft">{t("archiveOf", { time: formatInstant(seen.preview.exported_at, { seconds: false }), count: entries.length })}</p>
            <Entries entries={entries} choiceOf={choiceOf} onChoose={(folder, choice) => setChoices({ ...choices, [folder]: choice })} />
          </>
        )}
        {error !== null && <Alert type="error" showIcon title={explain(error).message} />}
      </form>
    </Modal>
  );
}

interface EntriesProps {
  entries: readonly ArchiveEntry[];
  choiceOf: (entry: ArchiveEntry) => ImportChoice;
  onChoose: (folder: string, choice: ImportChoice) => void;
}

function Entries({ entries, choiceOf, onChoose }: EntriesProps) {
  const t = strategyTexts.useText();
  return (
    <div className="archive-scroll">
      <table className="archive-table">
        <thead>
          <tr>
            <th>{t("columnName")}</th>
            <th>{t("versions")}</th>
            <th>{t("archiveState")}</th>
            <th>{t("archiveDo")}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.folder}>
              <td>
                {entry.name}
                {entry.labels.length > 0 && <div className="soft">{entry.labels.join(t("listComma"))}</div>}
              </td>
              <td className="number">{entry.versions}</td>
              <td>
                {t(`state.${entry.state}`)}
                {entry.state === "conflict" && (
                  <div className="soft">{t("conflictWith", { version: entry.existing_version ?? 0, missing: entry.missing })}</div>
                )}
              </td>
              <td>
                <Select<ImportChoice>
                  size="small"
                  className="archive-choice"
                  aria-label={`${t("archiveDo")} ${entry.name}`}
                  value={choiceOf(entry)}
                  onChange={(choice) => onChoose(entry.folder, choice)}
                  options={choicesOf(entry).map((value) => ({ value, label: t(`choice.${entry.state === "new" && value === "keep_both" ? "add" : value}`) }))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const choicesOf = ({ state }: ArchiveEntry): ImportChoice[] =>
  state === "new" ? ["keep_both", "skip"] : state === "same" ? ["skip", "keep_both"] : ["skip", "keep_both", "replace"];

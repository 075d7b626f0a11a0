import { CopyOutlined, EnterOutlined } from "@ant-design/icons";
import { App, Button, Input } from "antd";
import { useMemo, useState } from "react";

import { useLanguage } from "@/app/i18n/local";

import sdk from "../../sdk.gen.json";
import { helpTexts } from "./i18n";
import { findHelp, type HelpEntry } from "./search";
import "./help.css";

interface HelpPanelProps {
  /** Put text where the cursor is. */
  onInsert?: ((text: string) => void) | undefined;
}

/** What a strategy and a notebook can call: searched, read, and put into the code. */
export default function HelpPanel({ onInsert }: HelpPanelProps) {
  const t = helpTexts.useText();
  const language = useLanguage();
  const [query, setQuery] = useState("");
  const searching = query.trim() !== "";
  const found = useMemo(() => findHelp(sdk.entries, query), [query]);
  const shown = (entry: HelpEntry) => <Entry key={entry.id} entry={entry} onInsert={onInsert} />;

  return (
    <div className="help">
      <div className="help-search">
        <Input.Search allowClear size="small" value={query} placeholder={t("search")} aria-label={t("search")} onChange={(event) => setQuery(event.target.value)} />
        <span className="visually-hidden" role="status">
          {searching ? t("found", { count: found.length }) : ""}
        </span>
      </div>
      {found.length === 0 && <p className="soft help-none">{t("empty", { query: query.trim() })}</p>}
      {searching
        ? found.map(shown)
        : sdk.groups.map((group) => (
            <details key={group.id} className="help-group" open={group.id === "define"}>
              <summary>{group[language]}</summary>
              {found.filter((entry) => entry.group === group.id).map(shown)}
            </details>
          ))}
    </div>
  );
}

function Entry({ entry, onInsert }: { entry: HelpEntry } & HelpPanelProps) {
  const t = helpTexts.useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const { example } = entry;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(example);
      void message.success(t("copied"));
    } catch {
      void message.warning(t("copyFailed"));
    }
  };
  return (
    <details className="help-entry" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{entry.name}</code>
        <span className="soft">{entry[language]}</span>
      </summary>
      {open && (
        <div className="help-body">
          <pre className="help-signature">{entry.signature}</pre>
          {language !== "en" && <p lang="en">{entry.en}</p>}
          {entry.text !== "" && (
            <p lang="en" className="help-text">
              {entry.text}
            </p>
          )}
          <Parts title={t(entry.signature.startsWith("class ") ? "members" : "parameters")} parts={entry.parameters} />
          <Parts title={t("raises")} parts={entry.raises} />
          <h4>{t("example")}</h4>
          <pre className="help-example">{example}</pre>
          <div className="help-actions">
            {onInsert !== undefined && (
              <Button size="small" icon={<EnterOutlined aria-hidden />} onClick={() => onInsert(example)}>
                {t("insert")}
              </Button>
            )}
            <Button size="small" icon={<CopyOutlined aria-hidden />} onClick={() => void copy()}>
              {t("copy")}
            </Button>
          </div>
        </div>
      )}
    </details>
  );
}

function Parts({ title, parts }: { title: string; parts: readonly { name: string; text: string }[] }) {
  if (parts.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <dl lang="en">
        {parts.map(({ name, text }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

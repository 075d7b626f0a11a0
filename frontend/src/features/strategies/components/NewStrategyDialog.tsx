import { useQuery } from "@tanstack/react-query";
import { Alert, Input, Modal } from "antd";
import { useId, useState } from "react";
import { useNavigate } from "react-router";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { CodeEditor } from "@/ui/editor";
import { ErrorPanel, Loading } from "@/ui/state";

import { templatesQuery, useCreateStrategy, type Template } from "../api";
import { strategyTexts } from "../i18n";
import "./strategies.css";

interface NewStrategyDialogProps {
  open: boolean;
  onClose: () => void;
  /** Brought along to the new strategy's page, e.g. `?symbols=…`. */
  search: string;
}

/** Create a strategy from a template, whose code is shown first. */
export function NewStrategyDialog({ open, onClose, search }: NewStrategyDialogProps) {
  const t = strategyTexts.useText();
  const navigate = useNavigate();
  const nameId = useId();
  const formId = useId();
  const language = useLanguage();
  const templates = useQuery({ ...templatesQuery, enabled: open });
  const [chosen, setChosen] = useState<string | null>(null);
  const [typedName, setTypedName] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const create = useCreateStrategy();

  const items = templates.data?.items ?? [];
  // Until something is chosen, the first template is.
  const template = chosen === "" ? null : (items.find(({ id }) => id === chosen) ?? items[0] ?? null);
  const suggested = template === null ? "" : localText(template, "name", language);
  const name = typedName ?? suggested;
  const missing = name.trim() === "";

  const close = () => {
    setChosen(null);
    setTypedName(null);
    setTried(false);
    create.reset();
    onClose();
  };
  const submit = () => {
    setTried(true);
    if (missing || create.isPending) return;
    create.mutate(
      { name: name.trim(), description: "", files: [], ...(template === null ? {} : { template: template.id }) },
      {
        onSuccess: (strategy) => {
          close();
          void navigate(`/strategies/${strategy.id}${search}`);
        },
      },
    );
  };

  return (
    <Modal
      open={open}
      title={t("new")}
      width={960}
      onCancel={close}
      okText={t("create")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: create.isPending, htmlType: "submit", form: formId }}
      destroyOnHidden
    >
      <form
        id={formId}
        className="new-strategy"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className="new-strategy-name">
          <label htmlFor={nameId}>{t("name")}</label>
          <Input
            id={nameId}
            value={name}
            maxLength={80}
            placeholder={t("namePlaceholder")}
            {...(tried && missing ? { status: "error" as const } : {})}
            onChange={(event) => setTypedName(event.target.value)}
          />
          {tried && missing && (
            <span role="alert" className="danger">
              {t("nameMissing")}
            </span>
          )}
        </div>
        {create.isError && <Alert type="error" showIcon title={explain(create.error).message} />}
        {templates.isError && <ErrorPanel title={t("templatesError")} error={templates.error} onRetry={() => void templates.refetch()} />}
        <div className="template-choice">
          <div role="radiogroup" aria-label={t("templates")} className="template-list">
            {templates.data === undefined && !templates.isError && <Loading rows={8} />}
            {items.map((item) => (
              <TemplateOption
                key={item.id}
                checked={template?.id === item.id}
                title={localText(item, "name", language)}
                text={localText(item, "description", language)}
                onChoose={() => setChosen(item.id)}
              />
            ))}
            {/* With the others, so that the list does not move under a pointer on its way to the first. */}
            {!templates.isPending && (
              <TemplateOption
                checked={templates.data !== undefined && template === null}
                title={t("blank")}
                text={t("blankText")}
                onChoose={() => setChosen("")}
              />
            )}
          </div>
          <Preview template={template} />
        </div>
      </form>
    </Modal>
  );
}

interface TemplateOptionProps {
  checked: boolean;
  title: string;
  text: string;
  onChoose: () => void;
}

function TemplateOption({ checked, title, text, onChoose }: TemplateOptionProps) {
  return (
    <label className="template-option" data-checked={checked}>
      <input type="radio" name="template" aria-label={title} checked={checked} onChange={onChoose} />
      <span>
        <strong>{title}</strong>
        <span className="soft">{text}</span>
      </span>
    </label>
  );
}

function Preview({ template }: { template: Template | null }) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  if (template === null) return <div className="template-preview template-blank soft">{t("blankPreview")}</div>;
  return (
    <div className="template-preview">
      <CodeEditor
        key={template.id}
        readOnly
        value={template.code}
        label={t("preview", { name: localText(template, "name", language) })}
      />
    </div>
  );
}

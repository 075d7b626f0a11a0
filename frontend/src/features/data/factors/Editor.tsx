import { useQuery } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useEffect, useId, useRef, useState } from "react";

import { explain } from "@/api/errors";
import { formatExact } from "@/ui/format";
import { RenameDialog } from "@/ui/RenameDialog";
import { useUndo } from "@/ui/undo/useUndo";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { checkQuery, useCreateFactor, useDeleteFactor, useUpdateFactor, type CheckedExpression, type FactorLanguage } from "./api";
import type { Draft } from "./FactorsPanel";
import { factorTexts } from "./i18n";
import { inserted, markedAt } from "./logic";
import { Reference } from "./Reference";

interface EditorProps {
  language: FactorLanguage;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onGone: () => void;
}

/** Write an expression; what is wrong with it is said where it is wrong. Save, rename, delete. */
export function Editor({ language, draft, onChange, onGone }: EditorProps) {
  const t = factorTexts.useText();
  const ids = { expression: useId(), name: useId(), note: useId() };
  const { message, notification } = App.useApp();
  const offerUndo = useUndo();
  const box = useRef<HTMLTextAreaElement | null>(null);
  const cursor = useRef<number | null>(null);
  const [helping, setHelping] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const [create, update, remove] = [useCreateFactor(), useUpdateFactor(), useDeleteFactor()];
  const expression = useDebounced(draft.expression, TYPING_MS);
  const check = useQuery(checkQuery(expression));
  const { saved } = draft;
  const changed = saved !== null && (saved.expression !== draft.expression || saved.note !== draft.note);
  const usable = check.data?.problem === null && expression === draft.expression;
  const failed = (title: string) => (error: unknown) => notification.error({ title, description: explain(error).message, duration: 0 });
  const body = { name: draft.name.trim(), expression: draft.expression, note: draft.note };

  useEffect(() => {
    if (cursor.current === null) return;
    box.current?.focus();
    box.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [draft.expression]);

  const insert = (what: string) => {
    const at = box.current?.selectionStart ?? draft.expression.length;
    const { text, cursor: next } = inserted(draft.expression, at, box.current?.selectionEnd ?? at, what);
    cursor.current = next;
    onChange({ ...draft, expression: text });
  };
  const saveNew = () =>
    create.mutate(body, {
      onSuccess: (factor) => {
        onChange({ ...draft, saved: factor, set: null });
        void message.success(t("saved", { name: factor.name }));
      },
      onError: failed(t("saveFailed")),
    });
  const save = () => {
    if (saved === null) {
      saveNew();
      return;
    }
    update.mutate(
      { id: saved.id, expression: body.expression, note: body.note },
      {
        onSuccess: (factor) => {
          onChange({ ...draft, saved: factor });
          void message.success(t("saved", { name: factor.name }));
        },
        onError: failed(t("saveFailed")),
      },
    );
  };
  const discard = () => {
    if (saved === null) return;
    remove.mutate(saved.id, {
      onSuccess: () => {
        onGone();
        const { name, expression: text, note } = saved;
        offerUndo({ done: t("deleted", { name }), undo: () => create.mutateAsync({ name, expression: text, note }) });
      },
      onError: failed(t("deleteFailed")),
    });
  };

  return (
    <section className="factors-editor" aria-label={t("expression")}>
      <div className="factors-row">
        <h2>{saved?.name ?? (draft.set === null ? t("untitled") : draft.name)}</h2>
        {changed && <span className="tag" data-tone="warning">{t("unsaved")}</span>}
        {draft.set !== null && <span className="soft">{t("readOnly", { set: draft.set })}</span>}
        <span className="factors-end">
          <Button onClick={() => setHelping(true)}>{t("reference")}</Button>
          {saved !== null && (
            <>
              <Button onClick={() => setRenaming(true)}>{t("rename")}</Button>
              <Button danger loading={remove.isPending} onClick={discard}>
                {t("delete")}
              </Button>
            </>
          )}
        </span>
      </div>
      <div className="form-field">
        <label htmlFor={ids.expression}>{t("expression")}</label>
        <Input.TextArea
          id={ids.expression}
          ref={(area) => {
            box.current = area?.resizableTextArea?.textArea ?? null;
          }}
          className="factors-expression"
          autoSize={{ minRows: 2, maxRows: 10 }}
          spellCheck={false}
          aria-describedby={`${ids.expression}-told`}
          status={check.data?.problem != null ? "error" : ""}
          value={draft.expression}
          onChange={(event) => onChange({ ...draft, expression: event.target.value })}
        />
        <div id={`${ids.expression}-told`} className="factors-told" aria-live="polite">
          <Told expression={expression} check={check.data} pending={check.isFetching || expression !== draft.expression} />
        </div>
      </div>
      <div className="factors-row factors-save">
        {saved === null && (
          <div className="form-field">
            <label htmlFor={ids.name}>{t("nameField")}</label>
            <Input id={ids.name} maxLength={80} style={{ width: 200 }} value={draft.name} onChange={(event) => onChange({ ...draft, name: event.target.value })} />
          </div>
        )}
        <div className="form-field factors-note">
          <label htmlFor={ids.note}>{t("note")}</label>
          <Input id={ids.note} maxLength={2000} value={draft.note} onChange={(event) => onChange({ ...draft, note: event.target.value })} />
        </div>
        <Button
          type="primary"
          disabled={!usable || (saved === null ? body.name === "" : !changed)}
          loading={create.isPending || update.isPending}
          onClick={save}
        >
          {t(saved === null ? "saveAs" : "save")}
        </Button>
      </div>
      {saved !== null && <p className="soft">{t("usedIn")}</p>}
      <Reference language={language} open={helping} onClose={() => setHelping(false)} onInsert={insert} />
      {saved !== null && renaming && (
        <RenameDialog
          name={saved.name}
          maxLength={80}
          saving={update.isPending}
          error={update.error}
          onClose={() => setRenaming(false)}
          onSave={(name) =>
            update.mutate(
              { id: saved.id, name },
              {
                onSuccess: (factor) => {
                  setRenaming(false);
                  onChange({ ...draft, saved: factor, name: factor.name });
                  void message.success(t("renamed", { name: factor.name }));
                },
              },
            )
          }
        />
      )}
    </section>
  );
}

/** What an expression rests on; or what is wrong with it, where, and what is allowed. */
function Told({ expression, check, pending }: { expression: string; check: CheckedExpression | undefined; pending: boolean }) {
  const t = factorTexts.useText();
  if (expression.trim() === "") return <span className="form-help">{t("expressionHelp")}</span>;
  if (check === undefined) return <span className="form-help">{pending ? t("checking") : ""}</span>;
  const { problem } = check;
  if (problem === null)
    return (
      <span className="form-help">
        <span className="verdict-ready">{t("good")}</span> · {t("rests", { fields: check.fields.map((field) => `$${field}`).join(" ") })} ·{" "}
        {check.history === null ? t("historyAll") : t("history", { count: formatExact(check.history) })}
        {check.cross && ` · ${t("cross")}`}
      </span>
    );
  const key = `problem.${problem.code}`;
  const [before, place, after] = problem.position === null ? ["", "", ""] : markedAt(expression, problem.position);
  return (
    <div className="form-error">
      <p>{t(factorTexts.has(key) ? key : "problem.expression_invalid")}</p>
      {problem.position !== null && (
        <p>
          <span className="soft">{t("at", { position: formatExact(problem.position + 1) })}</span>{" "}
          <code>
            {before.slice(-40)}
            <mark>{place}</mark>
            {after.slice(0, 40)}
          </code>
        </p>
      )}
      <p className="soft">
        {problem.problem}. {problem.advice}
      </p>
    </div>
  );
}

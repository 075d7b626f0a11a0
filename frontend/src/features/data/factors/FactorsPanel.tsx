import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ErrorPanel, Loading } from "@/ui/state";

import { languageQuery, type Factor } from "./api";
import { Editor } from "./Editor";
import { factorTexts } from "./i18n";
import { Library } from "./Library";
import { OneSymbol } from "./OneSymbol";
import { StudyPart } from "./StudyPart";
import "./factors.css";

export interface Draft {
  /** The saved factor that it is of; null for a new one or one of a set. */
  saved: Factor | null;
  /** The set that it was taken from. */
  set: string | null;
  name: string;
  expression: string;
  note: string;
}

const NEW: Draft = { saved: null, set: null, name: "", expression: "Mean($close, 5)/$close-1", note: "" };

/** Factors: one's own and the known sets, an editor that checks as one types, and what a factor is worth. */
export default function FactorsPanel() {
  const t = factorTexts.useText();
  const language = useQuery(languageQuery);
  const [draft, setDraft] = useState<Draft>(NEW);
  if (language.isError && language.data === undefined)
    return <ErrorPanel title={t("languageError")} error={language.error} onRetry={() => void language.refetch()} />;
  if (language.data === undefined) return <Loading rows={12} />;
  return (
    <div className="factors">
      <Library language={language.data} draft={draft} onOpen={setDraft} onNew={() => setDraft(NEW)} />
      <div className="factors-main">
        <Editor language={language.data} draft={draft} onChange={setDraft} onGone={() => setDraft(NEW)} />
        <OneSymbol expression={draft.expression} />
        <StudyPart expression={draft.expression} />
      </div>
    </div>
  );
}

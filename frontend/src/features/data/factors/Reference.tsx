import { Drawer, Input } from "antd";
import { useState } from "react";

import { useLanguage } from "@/app/i18n/local";

import type { FactorLanguage } from "./api";
import { FIELD_WORDS, FUNCTIONS } from "./functions";
import { factorTexts } from "./i18n";

const GROUPS = ["window", "cross", "element"] as const;

interface ReferenceProps {
  language: FactorLanguage;
  open: boolean;
  onClose: () => void;
  onInsert: (what: string) => void;
}

/** The functions and fields with what each gives; a click puts one into the expression. */
export function Reference({ language, open, onClose, onInsert }: ReferenceProps) {
  const t = factorTexts.useText();
  const at = useLanguage() === "zh" ? 0 : 1;
  const [typed, setTyped] = useState("");
  const fits = (name: string, words: readonly [string, string] | undefined) =>
    `${name} ${words?.join(" ") ?? ""}`.toLowerCase().includes(typed.trim().toLowerCase());
  const fields = language.fields.filter((field) => fits(`$${field}`, FIELD_WORDS[field]));
  return (
    <Drawer title={t("reference")} open={open} onClose={onClose} size={440} mask={false}>
      <Input.Search allowClear value={typed} placeholder={t("referenceSearch")} aria-label={t("referenceSearch")} onChange={(event) => setTyped(event.target.value)} />
      {fields.length > 0 && (
        <>
          <h3>{t("fields")}</h3>
          <ul className="factors-list">
            {fields.map((field) => (
              <li key={field}>
                <Line label={`$${field}`} words={FIELD_WORDS[field]?.[at]} onClick={() => onInsert(`$${field}`)} />
              </li>
            ))}
          </ul>
        </>
      )}
      {GROUPS.map((group) => {
        const functions = language.functions.filter((one) => one.group === group && fits(one.signature, FUNCTIONS[one.name]));
        return functions.length === 0 ? null : (
          <section key={group}>
            <h3>{t(`group.${group}`)}</h3>
            <ul className="factors-list">
              {functions.map(({ name, signature }) => (
                <li key={name}>
                  <Line label={signature} words={FUNCTIONS[name]?.[at]} onClick={() => onInsert(signature)} />
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </Drawer>
  );
}

function Line({ label, words, onClick }: { label: string; words: string | undefined; onClick: () => void }) {
  const t = factorTexts.useText();
  return (
    <button type="button" className="factors-entry factors-function" title={t("insert", { name: label })} onClick={onClick}>
      <code>{label}</code>
      <span className="soft">{words}</span>
    </button>
  );
}

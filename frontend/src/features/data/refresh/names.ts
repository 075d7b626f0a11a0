import { sourceTexts } from "../sources/i18n";

/** Give what a dataset is called; its own name where nobody has given it one. */
export function useDatasetName(): (dataset: string) => string {
  const t = sourceTexts.useText();
  return (dataset) => {
    const key = `dataset.${dataset}`;
    return sourceTexts.has(key) ? t(key) : dataset;
  };
}

/** Say what went wrong: the source's kind of error in words, else the message itself. */
export function useErrorText(): (kind: string | null, message: string | null) => string | null {
  const t = sourceTexts.useText();
  return (kind, message) => {
    const key = `kind.${kind ?? ""}`;
    return sourceTexts.has(key) ? t(key) : message;
  };
}

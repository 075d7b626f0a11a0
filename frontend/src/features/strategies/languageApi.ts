import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import type { CodeAnalysis, CodePlace } from "@/ui/editor";

/** After a failure nobody is asked for so long: typing goes on, and no error is of use there. */
const REST_MS = 10_000;
const MOST_CODE = 200_000;
const MOST_FILES = 500_000;

type Place = components["schemas"]["LanguagePlace"];
type File = components["schemas"]["LanguageFile"];

let restUntil = 0;

/** Have what answers started. */
export const wakeLanguage = () => analysisOf(() => [], () => undefined).hover({ text: "", path: "strategy.py", line: 1, column: 0 }, new AbortController().signal);

/** Ask the server about a strategy's texts; `files` gives all of its files, `onOpen` shows a line of one. */
export function analysisOf(files: () => readonly File[], onOpen: CodeAnalysis["onOpen"]): CodeAnalysis {
  function placeOf({ text, path, line, column }: CodePlace): Place {
    const others = files().filter((file) => file.path !== path);
    const size = others.reduce((sum, file) => sum + file.text.length, 0);
    return { code: text, path, line, column, files: size <= MOST_FILES ? others : [] };
  }

  async function asked<Answer extends { state: string }>(at: CodePlace, signal: AbortSignal, ask: (body: Place) => Promise<Answer>): Promise<Answer | null> {
    const stopped = () => signal.aborted;
    if (stopped() || Date.now() < restUntil || at.text.length > MOST_CODE) return null;
    try {
      const answer = await ask(placeOf(at));
      return answer.state === "answered" && !stopped() ? answer : null;
    } catch {
      if (!stopped()) restUntil = Date.now() + REST_MS;
      return null;
    }
  }

  return {
    complete: (at, signal) => asked(at, signal, (body) => unwrap(api.POST("/api/v1/strategies/language/complete", { body, signal }))),
    describe: (at, name, signal) => asked(at, signal, (body) => unwrap(api.POST("/api/v1/strategies/language/describe", { body: { ...body, name }, signal }))),
    hover: async (at, signal) => {
      const told = await asked(at, signal, (body) => unwrap(api.POST("/api/v1/strategies/language/hover", { body, signal })));
      return told?.text ?? null;
    },
    signature: async (at, signal) => {
      const told = await asked(at, signal, (body) => unwrap(api.POST("/api/v1/strategies/language/signature", { body, signal })));
      return told === null ? null : { ...told, parameter: told.parameter ?? null };
    },
    definition: async (at, signal) => {
      const told = await asked(at, signal, (body) => unwrap(api.POST("/api/v1/strategies/language/definition", { body, signal })));
      return (
        told?.places.map(({ path = null, module = null, line, column, excerpt }) => ({
          path,
          module,
          line,
          column,
          excerpt: excerpt ? { text: excerpt.text, firstLine: excerpt.first_line } : null,
        })) ?? null
      );
    },
    onOpen,
  };
}

import { usePrefs } from "@/app/prefs";

import { errorTexts } from "./errors.i18n";
import type { components } from "./schema.gen";

/** One field of a refused payload. */
export interface FieldProblem {
  /** Path of the field, e.g. `spec.cash`. */
  field: string;
  message: string;
}

/** A problem as declared, of which a proxy in between may have left anything out. */
type Problem = Partial<components["schemas"]["Problem"]> & {
  /** Of `bad_parameters`: what is wrong with each of a strategy's parameters. */
  parameters?: Record<string, string>;
};

/** A request that did not succeed: refused by the server, or never answered (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    /** Stable; switch on this, never on the message. */
    readonly code: string,
    /** The server's own words. */
    readonly detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
    /** Seconds to wait before another try, where the server says so. */
    readonly retryAfter: number | null = null,
    /** The whole body, for codes that carry more. */
    readonly body: unknown = null,
  ) {
    super(detail);
  }
}

const asText = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

function fieldProblems({ errors, field, detail, parameters }: Problem): FieldProblem[] {
  if (parameters !== undefined) {
    return Object.entries(parameters).map(([name, message]) => ({ field: `${field ?? "params"}.${name}`, message }));
  }
  if (Array.isArray(errors) && errors.length > 0) {
    // The location starts with where the value was: body, query, path.
    return errors.map(({ loc, message }) => ({ field: loc.slice(1).join("."), message }));
  }
  const single = asText(field);
  return single === null ? [] : [{ field: single, message: asText(detail) ?? "" }];
}

const CODE_OF_STATUS: Record<number, string> = {
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "payload_too_large",
  422: "invalid",
  429: "rate_limited",
  503: "unavailable",
};

/** Make the error of an answer; a body that is not a problem (a proxy's page) still gives a code. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const problem: Problem = typeof body === "object" && body !== null ? body : {};
  const wait = Number(response.headers.get("Retry-After") ?? problem.retry_after ?? Number.NaN);
  return new ApiError(
    response.status,
    asText(problem.code) ?? CODE_OF_STATUS[response.status] ?? "internal_error",
    asText(problem.detail) ?? asText(problem.title) ?? response.statusText,
    fieldProblems(problem),
    asText(problem.request_id) ?? response.headers.get("X-Request-ID"),
    Number.isFinite(wait) ? wait : null,
    body,
  );
}

/** Make the error of a request that got no answer. */
export function networkError(cause: unknown): ApiError {
  const error = new ApiError(0, "network", cause instanceof Error ? cause.message : String(cause));
  error.cause = cause;
  return error;
}

export interface Explanation {
  /** What happened and what to do, in the reader's language. */
  message: string;
  /** To copy into a report. */
  code: string;
}

/** Put an error into words.
 *
 * English readers get the server's sentence, which names the field and the value; Chinese readers get the code's
 * Chinese text. A code without a text falls back to the server's words.
 */
export function explain(error: unknown): Explanation {
  if (!(error instanceof ApiError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { message: `${errorTexts.text("client")} ${message}`, code: "client" };
  }
  const { code, detail, requestId } = error;
  const known = errorTexts.has(code) ? errorTexts.text(code) : null;
  const preferServer = usePrefs.getState().language === "en" && error.status !== 0 && detail !== "";
  const message = preferServer ? detail : (known ?? (detail === "" ? errorTexts.text("internal_error") : detail));
  return { message, code: requestId === null ? code : `${code} · ${requestId}` };
}

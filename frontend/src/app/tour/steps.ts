/** The steps of the tour: on which page each is, and what it points at. */

export type StepKey = "dashboard" | "create" | "complete" | "debug" | "quick" | "run" | "versions" | "export" | "market";

export interface Step {
  key: StepKey;
  /** `editor` is the page of any strategy; null is anywhere. */
  page: "/" | "/strategies" | "editor" | null;
  target: string;
  placement: "right" | "rightTop" | "bottom" | "bottomRight" | "bottomLeft" | "top" | "left";
}

export const STEPS: readonly Step[] = [
  { key: "dashboard", page: "/", target: '.rail a[href="/strategies"]', placement: "right" },
  { key: "create", page: "/strategies", target: '[data-tour="new-strategy"]', placement: "bottomRight" },
  { key: "complete", page: "editor", target: '[data-tour="side-help"]', placement: "right" },
  { key: "debug", page: "editor", target: ".ide-editor .margin", placement: "right" },
  { key: "quick", page: "editor", target: '[data-tour="dock-quick"]', placement: "right" },
  { key: "run", page: "editor", target: '.ide-panel button[type="submit"]', placement: "top" },
  { key: "versions", page: "editor", target: '[data-tour="versions"]', placement: "bottomRight" },
  { key: "export", page: "/strategies", target: '[data-tour="export"]', placement: "bottomRight" },
  { key: "market", page: null, target: '.rail a[href="/market"]', placement: "right" },
];

const EDITOR = /^\/strategies\/([^/]+)$/;

/** The strategy whose page an address is; null where it is none. */
export function strategyAt(pathname: string): string | null {
  const id = EDITOR.exec(pathname)?.[1];
  return id === undefined || id === "templates" ? null : id;
}

/** Whether a step is on the page of this address. */
export function isAt({ page }: Step, pathname: string): boolean {
  return page === null || (page === "editor" ? strategyAt(pathname) !== null : page === pathname);
}

/** Where to go for a step; without a strategy its page is reached by making one. */
export function pathOf({ page }: Step, strategy: string | null): string {
  if (page === "editor") return strategy === null ? "/strategies" : `/strategies/${strategy}`;
  return page ?? "/";
}

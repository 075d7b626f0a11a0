/** What we use of plotly.js' strict bundle (all kinds of traces, no function made of text), which comes without types. */
declare module "plotly.js-strict-dist-min" {
  interface Figure {
    data: unknown[];
    layout: Record<string, unknown>;
    frames?: unknown[];
    config?: Record<string, unknown>;
  }
  interface Picture {
    format: "png" | "svg";
    width: number;
    height: number;
    scale?: number;
  }
  const Plotly: {
    react: (root: HTMLElement, figure: Figure) => Promise<unknown>;
    purge: (root: HTMLElement) => void;
    toImage: (root: HTMLElement, picture: Picture) => Promise<string>;
    Plots: { resize: (root: HTMLElement) => Promise<unknown> };
  };
  export default Plotly;
}

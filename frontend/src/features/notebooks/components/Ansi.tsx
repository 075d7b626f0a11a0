import { Fragment, useMemo } from "react";

import { spansOf } from "../logic/ansi";

/** Text with the colours of a terminal. */
export function Ansi({ text }: { text: string }) {
  const spans = useMemo(() => spansOf(text), [text]);
  return spans.map((span, at) =>
    span.style === "" ? (
      <Fragment key={at}>{span.text}</Fragment>
    ) : (
      <span key={at} className={span.style}>
        {span.text}
      </span>
    ),
  );
}

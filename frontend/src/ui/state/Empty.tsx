import type { ReactNode } from "react";

import "./states.css";

interface EmptyProps {
  /** What this place is for, in one short line. */
  title: string;
  /** What will be here, and how to begin. */
  children?: ReactNode;
  /** The first step: a button or a link. */
  action?: ReactNode;
}

/** An empty place that says what it is and offers the first step. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="state-center">
      <div className="state">
        <h2>{title}</h2>
        {children !== undefined && <div className="soft">{children}</div>}
        {action !== undefined && <div className="state-actions">{action}</div>}
      </div>
    </div>
  );
}

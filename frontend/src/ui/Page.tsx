import { useEffect, type ReactNode } from "react";

import "./page.css";

interface PageProps {
  title: string;
  /** Beside the title: a status, a price. */
  extra?: ReactNode;
  /** At the right end of the title row. */
  actions?: ReactNode;
  /** The content fills the window's height and scrolls inside itself (an editor, a chart). */
  fill?: boolean;
  children: ReactNode;
}

/** A page: one title row with its actions on the right, then the content. */
export function Page({ title, extra, actions, fill = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · QuantDesk`;
  }, [title]);
  return (
    <div className="page" {...(fill ? { "data-fill": "" } : {})}>
      <header className="page-title">
        <h1>{title}</h1>
        {extra !== undefined && <div className="page-extra">{extra}</div>}
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      <div className="page-content">{children}</div>
    </div>
  );
}

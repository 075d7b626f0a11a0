import { useId, type ReactNode } from "react";

interface PanelProps {
  title: string;
  /** Beside the title. */
  note?: ReactNode;
  /** At the right end of the title. */
  action?: ReactNode;
  children: ReactNode;
}

/** One group of the dashboard. */
export function Panel({ title, note, action, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-title">
        <h2 id={id}>
          {title} {note}
        </h2>
        {action}
      </div>
      {children}
    </section>
  );
}

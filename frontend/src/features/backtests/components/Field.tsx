import { useId, type ReactNode } from "react";

import "./form.css";

interface FieldProps {
  label: string;
  help?: ReactNode;
  /** In words that say what to do. */
  fault?: string | undefined;
  /** Right of the label. */
  extra?: ReactNode;
  children: (props: { id: string; "aria-describedby": string; status?: "error" }) => ReactNode;
}

/** A labelled control with its help and its fault in a line of fixed height below. */
export function Field({ label, help, fault, extra, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <div className="field-label">
        <label htmlFor={id}>{label}</label>
        {extra !== undefined && <span className="field-extra">{extra}</span>}
      </div>
      {children({ id, "aria-describedby": noteId, ...(fault === undefined ? {} : { status: "error" as const }) })}
      {(fault !== undefined || help !== undefined) && (
        <div id={noteId} className={fault === undefined ? "field-note" : "field-note field-fault"} role={fault === undefined ? undefined : "alert"}>
          {fault ?? help}
        </div>
      )}
    </div>
  );
}

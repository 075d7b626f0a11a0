import { EyeInvisibleOutlined, EyeOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useId, useState, type KeyboardEvent, type ReactNode } from "react";

import { authTexts } from "../i18n";
import "./auth.css";

interface PasswordFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What password managers go by. */
  autoComplete: "current-password" | "new-password";
  name: string;
  error?: string | null;
  help?: ReactNode;
}

/** A password with a way to see it and a word about Caps Lock. */
export function PasswordField({ label, value, onChange, autoComplete, name, error = null, help }: PasswordFieldProps) {
  const t = authTexts.useText();
  const id = useId();
  const [capsLock, setCapsLock] = useState(false);
  const [shown, setShown] = useState(false);
  const watch = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      <Input
        id={id}
        name={name}
        type={shown ? "text" : "password"}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={watch}
        onKeyUp={watch}
        onBlur={() => setCapsLock(false)}
        autoComplete={autoComplete}
        maxLength={256}
        spellCheck={false}
        autoCapitalize="off"
        aria-invalid={error !== null}
        aria-describedby={`${id}-note`}
        {...(error === null ? {} : { status: "error" as const })}
        suffix={
          <button
            type="button"
            className="plain-button"
            aria-label={t(shown ? "hidePassword" : "showPassword")}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeInvisibleOutlined aria-hidden /> : <EyeOutlined aria-hidden />}
          </button>
        }
      />
      <div id={`${id}-note`}>
        {error !== null && (
          <div className="form-error" role="alert">
            {error}
          </div>
        )}
        {capsLock && <div className="form-warning">{t("capsLock")}</div>}
        {help}
      </div>
    </div>
  );
}

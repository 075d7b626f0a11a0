import { CheckCircleFilled, MinusCircleOutlined } from "@ant-design/icons";

import { authTexts } from "../i18n";
import { strengthOf, type Rule } from "../logic/strength";
import { PasswordField } from "./PasswordField";

interface NewPasswordProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  username: string;
  error?: string | null;
}

const RULES: readonly Rule[] = ["length", "varied", "name"];

/** A password to choose: its strength and the rules, as it is typed. */
export function NewPassword({ label, value, onChange, username, error = null }: NewPasswordProps) {
  const t = authTexts.useText();
  const { score, rules } = strengthOf(value, username);
  return (
    <PasswordField
      label={label}
      value={value}
      onChange={onChange}
      autoComplete="new-password"
      name="new-password"
      error={error}
      help={
        <div className="password-rules" style={{ marginTop: 6 }}>
          <div className="strength-bar" data-score={score} aria-hidden="true">
            <span />
            <span />
            <span />
            <span />
          </div>
          <div aria-live="polite">
            {t("strength")}: {t(`strength.${score}`)}
          </div>
          <ul>
            {RULES.map((rule) => (
              <li key={rule} data-kept={rules[rule]}>
                {rules[rule] ? <CheckCircleFilled aria-label={t("kept")} /> : <MinusCircleOutlined aria-label={t("notKept")} />}{" "}
                {t(`rule.${rule}`)}
              </li>
            ))}
          </ul>
        </div>
      }
    />
  );
}

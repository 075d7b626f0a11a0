import { Input } from "antd";
import { useId } from "react";

import { strategyTexts } from "../i18n";
import { strengthOf } from "../logic/strength";

interface PasswordTwiceProps {
  first: string;
  second: string;
  onChange: (first: string, second: string) => void;
}

/** A new password, typed twice, with a hint on how hard it is to guess. */
export function PasswordTwice({ first, second, onChange }: PasswordTwiceProps) {
  const t = strategyTexts.useText();
  const ids = [useId(), useId()] as const;
  const strength = strengthOf(first);
  const differs = second !== "" && second !== first;
  return (
    <div className="password-twice">
      <div className="stacked">
        <label htmlFor={ids[0]}>{t("password")}</label>
        <Input.Password id={ids[0]} autoComplete="new-password" maxLength={200} value={first} onChange={(event) => onChange(event.target.value, second)} />
        <span className="soft" data-strength={strength} role="status">
          {first === "" ? t("passwordHint") : t(`strength.${strength}`)}
        </span>
      </div>
      <div className="stacked">
        <label htmlFor={ids[1]}>{t("passwordAgain")}</label>
        <Input.Password
          id={ids[1]}
          autoComplete="new-password"
          maxLength={200}
          value={second}
          {...(differs ? { status: "error" as const } : {})}
          onChange={(event) => onChange(first, event.target.value)}
        />
        <span className={differs ? "danger" : "soft"} role={differs ? "alert" : undefined}>
          {differs ? t("passwordDiffers") : t("passwordLost")}
        </span>
      </div>
    </div>
  );
}

import { Alert, Button, Checkbox, Input, Modal, Select } from "antd";
import { useId, useState, type SyntheticEvent } from "react";

import { explain } from "@/api/errors";
import { useMay } from "@/api/session";

import { useCreateApiKey, type ApiKeyCreated, type Scope } from "../api";
import { systemTexts } from "../i18n";

interface ApiKeyFormProps {
  open: boolean;
  onClose: () => void;
  onMade: (key: ApiKeyCreated) => void;
}

const SCOPES: readonly Scope[] = [
  "market:read",
  "data:read",
  "strategies:read",
  "backtests:read",
  "jobs:read",
  "backtests:run",
  "strategies:write",
  "data:write",
  "jobs:write",
  "system:read",
];
/** What a viewer's key would be refused anyway. */
const CHANGES: readonly Scope[] = ["backtests:run", "strategies:write", "data:write", "jobs:write"];
/** What a script that runs backtests needs. */
const INITIAL: readonly Scope[] = ["market:read", "backtests:read", "backtests:run", "jobs:read", "strategies:read"];
const DAYS = [30, 90, 180, 365] as const;

/** Make a key: a name, what it may do, how long it holds. */
export function ApiKeyForm({ open, onClose, onMade }: ApiKeyFormProps) {
  const t = systemTexts.useText();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("newKey")} destroyOnHidden width={560}>
      <Form onClose={onClose} onMade={onMade} />
    </Modal>
  );
}

function Form({ onClose, onMade }: Omit<ApiKeyFormProps, "open">) {
  const t = systemTexts.useText();
  const id = useId();
  const mayChange = useMay("trader");
  const create = useCreateApiKey();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(() => INITIAL.filter((scope) => mayChange || !CHANGES.includes(scope)));
  const [days, setDays] = useState<number>(90);
  const [tried, setTried] = useState(false);
  const nameMissing = tried && name.trim() === "";
  const scopesMissing = tried && scopes.length === 0;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === "" || scopes.length === 0) return;
    create.mutate({ name: name.trim(), scopes, expires_in_days: days === 0 ? null : days }, { onSuccess: onMade });
  };

  return (
    <form className="system-form" onSubmit={submit} noValidate>
      {create.error !== null && <Alert type="error" showIcon title={explain(create.error).message} />}
      <div className="form-field">
        <label htmlFor={`${id}-name`}>{t("keyName")}</label>
        <Input
          id={`${id}-name`}
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.target.value)}
          aria-invalid={nameMissing}
          {...(nameMissing ? { status: "error" as const } : {})}
        />
        <div className={nameMissing ? "form-error" : "form-help"}>{t(nameMissing ? "keyNameMissing" : "keyNameHelp")}</div>
      </div>
      <fieldset className="scope-list">
        <legend>{t("scopes")}</legend>
        {SCOPES.map((scope) => {
          const refused = CHANGES.includes(scope) && !mayChange;
          return (
            <Checkbox
              key={scope}
              checked={scopes.includes(scope)}
              disabled={refused}
              onChange={({ target }) =>
                setScopes(target.checked ? [...scopes, scope] : scopes.filter((other) => other !== scope))
              }
            >
              <code>{scope}</code> <span className="soft">{t(refused ? "roleLimits" : `scope.${scope}`)}</span>
            </Checkbox>
          );
        })}
        {scopesMissing && <div className="form-error">{t("scopesMissing")}</div>}
      </fieldset>
      <div className="form-field">
        <label htmlFor={`${id}-days`}>{t("expiry")}</label>
        <Select
          id={`${id}-days`}
          value={days}
          onChange={setDays}
          options={[...DAYS.map((count) => ({ value: count, label: t("days", { count }) })), { value: 0, label: t("noExpiry") }]}
        />
      </div>
      <div className="system-form-actions">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t("create")}
        </Button>
      </div>
    </form>
  );
}

import { Alert, App, Button, Input, Modal, Radio } from "antd";
import { useId, useState, type SyntheticEvent } from "react";

import { ApiError, explain } from "@/api/errors";
import { NewPassword } from "@/features/auth/components/NewPassword";

import { useCreateUser, useUpdateUser, type User } from "../api";
import { systemTexts } from "../i18n";

const ROLES = ["viewer", "trader", "admin"] as const;

/** Add a user. */
export function UserForm({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = systemTexts.useText();
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t("newUser")} destroyOnHidden>
      <NewUser onClose={onClose} />
    </Modal>
  );
}

function NewUser({ onClose }: { onClose: () => void }) {
  const t = systemTexts.useText();
  const id = useId();
  const { message } = App.useApp();
  const create = useCreateUser();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<User["role"]>("viewer");
  const field = create.error instanceof ApiError ? create.error.fields[0]?.field : undefined;
  const words = create.error === null ? null : explain(create.error).message;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate(
      { username: username.trim(), password, role },
      {
        onSuccess: (user) => {
          void message.success(t("userCreated", { name: user.username }));
          onClose();
        },
      },
    );
  };

  return (
    <form className="system-form" onSubmit={submit} noValidate>
      {words !== null && field !== "password" && <Alert type="error" showIcon title={words} />}
      <div className="form-field">
        <label htmlFor={`${id}-name`}>{t("username")}</label>
        <Input
          id={`${id}-name`}
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="off"
          maxLength={40}
          aria-describedby={`${id}-help`}
        />
        <div id={`${id}-help`} className="form-help">
          {t("usernameHelp")}
        </div>
      </div>
      <fieldset className="scope-list">
        <legend>{t("columnRole")}</legend>
        <Radio.Group
          value={role}
          onChange={(event) => setRole(event.target.value as User["role"])}
          vertical
          options={ROLES.map((value) => ({
            value,
            label: (
              <>
                {t(`role.${value}`)} <span className="soft">{t(`roleText.${value}`)}</span>
              </>
            ),
          }))}
        />
      </fieldset>
      <NewPassword
        label={t("initialPassword")}
        value={password}
        onChange={setPassword}
        username={username}
        error={field === "password" ? words : null}
      />
      <p className="form-help">{t("initialPasswordHelp")}</p>
      <div className="system-form-actions">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={create.isPending} disabled={username.trim() === "" || password === ""}>
          {t("create")}
        </Button>
      </div>
    </form>
  );
}

/** Set a user's password; their sessions end. */
export function ResetPasswordForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const t = systemTexts.useText();
  return (
    <Modal
      open={user !== null}
      onCancel={onClose}
      footer={null}
      title={t("resetTitle", { name: user?.username ?? "" })}
      destroyOnHidden
    >
      {user !== null && <Reset user={user} onClose={onClose} />}
    </Modal>
  );
}

function Reset({ user, onClose }: { user: User; onClose: () => void }) {
  const t = systemTexts.useText();
  const { message } = App.useApp();
  const update = useUpdateUser();
  const [password, setPassword] = useState("");
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    update.mutate(
      { id: user.id, password },
      {
        onSuccess: () => {
          void message.success(t("userUpdated", { name: user.username }));
          onClose();
        },
      },
    );
  };
  return (
    <form className="system-form" onSubmit={submit} noValidate>
      <NewPassword
        label={t("new")}
        value={password}
        onChange={setPassword}
        username={user.username}
        error={update.error === null ? null : explain(update.error).message}
      />
      <p className="form-help">{t("initialPasswordHelp")}</p>
      <div className="system-form-actions">
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="primary" htmlType="submit" loading={update.isPending} disabled={password === ""}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

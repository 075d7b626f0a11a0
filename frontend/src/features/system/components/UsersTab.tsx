import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Select, Tooltip } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { useSession } from "@/api/session";
import { formatInstant } from "@/ui/format";
import { DataTable } from "@/ui/table";

import { usersQuery, useUpdateUser, type User, type UserUpdate } from "../api";
import { systemTexts } from "../i18n";
import { ResetPasswordForm, UserForm } from "./UserForms";

const ROLES = ["viewer", "trader", "admin"] as const;

/** Who may use this installation, and as what. */
export function UsersTab() {
  const t = systemTexts.useText();
  const { modal, message, notification } = App.useApp();
  const self = useSession(({ user }) => user?.id);
  const { data, error, refetch } = useQuery(usersQuery);
  const update = useUpdateUser();
  const [making, setMaking] = useState(false);
  const [resetting, setResetting] = useState<User | null>(null);

  const change = (user: User, body: UserUpdate) =>
    update.mutateAsync({ id: user.id, ...body }).then(
      () => void message.success(t("userUpdated", { name: user.username })),
      (problem: unknown) => notification.error({ title: user.username, description: explain(problem).message, duration: 0 }),
    );

  const disable = (user: User) =>
    modal.confirm({
      title: t("disableTitle", { name: user.username }),
      content: t("disableText"),
      okText: t("disable"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => change(user, { disabled: true }),
    });

  return (
    <section className="panel" aria-labelledby="users-title">
      <div className="panel-title">
        <h2 id="users-title">{t("users")}</h2>
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
          {t("newUser")}
        </Button>
      </div>
      <DataTable<User>
        label={t("users")}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(user) => user.id}
        columns={[
          {
            key: "username",
            title: t("columnUser"),
            value: (user) => user.username,
            render: (user) => (
              <span title={user.username}>
                {user.username} {user.id === self && <span className="tag">{t("you")}</span>}
              </span>
            ),
            width: "minmax(140px, 2fr)",
          },
          {
            key: "role",
            title: t("columnRole"),
            value: (user) => t(`role.${user.role}`),
            width: "140px",
            render: (user) => (
              <Tooltip title={user.id === self ? t("selfHint") : t(`roleText.${user.role}`)}>
                <Select
                  size="small"
                  aria-label={t("columnRole")}
                  value={user.role}
                  disabled={user.id === self}
                  style={{ width: 116 }}
                  onChange={(role) => void change(user, { role })}
                  options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
                />
              </Tooltip>
            ),
          },
          {
            key: "state",
            title: t("columnState"),
            value: (user) => t(user.disabled ? "disabled" : "active"),
            render: (user) => (
              <span className={user.disabled ? "tag" : undefined} data-tone="warning">
                {t(user.disabled ? "disabled" : "active")}
              </span>
            ),
            width: "96px",
          },
          { key: "login", title: t("columnLogin"), value: (user) => formatInstant(user.last_login_at, { seconds: false }), width: "140px" },
          { key: "created", title: t("columnCreated"), value: (user) => formatInstant(user.created_at, { seconds: false }), width: "140px" },
          {
            key: "actions",
            title: t("columnActions"),
            sortable: false,
            value: () => null,
            width: "200px",
            render: (user) => (
              <span className="row-actions">
                <Button size="small" onClick={() => setResetting(user)} disabled={user.id === self}>
                  {t("resetPassword")}
                </Button>
                {user.disabled ? (
                  <Button size="small" onClick={() => void change(user, { disabled: false })}>
                    {t("enable")}
                  </Button>
                ) : (
                  <Tooltip title={user.id === self ? t("selfHint") : ""}>
                    <Button size="small" danger disabled={user.id === self} onClick={() => disable(user)}>
                      {t("disable")}
                    </Button>
                  </Tooltip>
                )}
              </span>
            ),
          },
        ]}
      />
      <UserForm open={making} onClose={() => setMaking(false)} />
      <ResetPasswordForm user={resetting} onClose={() => setResetting(null)} />
    </section>
  );
}

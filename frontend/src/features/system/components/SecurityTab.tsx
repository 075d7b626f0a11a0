import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";
import { useState, type SyntheticEvent } from "react";

import { ApiError, explain } from "@/api/errors";
import { useSession } from "@/api/session";
import { NewPassword } from "@/features/auth/components/NewPassword";
import { PasswordField } from "@/features/auth/components/PasswordField";
import { formatInstant } from "@/ui/format";
import { DataTable } from "@/ui/table";

import { sessionsQuery, useChangePassword, useRevokeSession, type Session } from "../api";
import { systemTexts } from "../i18n";
import { deviceName } from "../logic/device";
import { ApiKeys } from "./ApiKeys";

export function SecurityTab() {
  return (
    <div className="system-sections">
      <Sessions />
      <ApiKeys />
      <PasswordForm />
    </div>
  );
}

function PasswordForm() {
  const t = systemTexts.useText();
  const { message } = App.useApp();
  const username = useSession(({ user }) => user?.username ?? "");
  const change = useChangePassword();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const refused = change.error instanceof ApiError ? change.error : null;
  const field = refused?.fields[0]?.field ?? null;
  const words = change.error === null ? null : explain(change.error).message;
  const differ = again !== "" && again !== next;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate(
      { current, new: next },
      {
        onSuccess: () => {
          void message.success(t("passwordChanged"));
          setCurrent("");
          setNext("");
          setAgain("");
        },
      },
    );
  };

  return (
    <section className="panel" aria-labelledby="password-title">
      <div className="panel-title">
        <h2 id="password-title">{t("passwordTitle")}</h2>
      </div>
      <form className="panel-body system-form" onSubmit={submit} noValidate>
        <p className="soft">{t("passwordHelp")}</p>
        {words !== null && field !== "current" && field !== "new" && <Alert type="error" showIcon title={words} />}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordField
          label={t("current")}
          name="current-password"
          autoComplete="current-password"
          value={current}
          onChange={(value) => {
            setCurrent(value);
            change.reset();
          }}
          error={field === "current" ? words : null}
        />
        <NewPassword label={t("new")} value={next} onChange={setNext} username={username} error={field === "new" ? words : null} />
        <PasswordField
          label={t("again")}
          name="new-password-again"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
          error={differ ? t("againWrong") : null}
        />
        <div>
          <Button
            type="primary"
            htmlType="submit"
            loading={change.isPending}
            disabled={current === "" || next === "" || again !== next}
          >
            {t("changePassword")}
          </Button>
        </div>
      </form>
    </section>
  );
}

function Sessions() {
  const t = systemTexts.useText();
  const { modal, message, notification } = App.useApp();
  const { data, error, refetch } = useQuery(sessionsQuery);
  const revoke = useRevokeSession();

  const end = (session: Session) =>
    modal.confirm({
      title: t("revokeSession"),
      content: t("revokeSessionText"),
      okText: t("endSession"),
      cancelText: t("keep"),
      okButtonProps: { danger: true },
      onOk: () =>
        revoke.mutateAsync(session.id).then(
          () => void message.success(t("revoked")),
          (problem: unknown) => notification.error({ title: t("sessionsError"), description: explain(problem).message }),
        ),
    });

  return (
    <section className="panel" aria-labelledby="sessions-title">
      <div className="panel-title">
        <h2 id="sessions-title">{t("sessions")}</h2>
      </div>
      <DataTable<Session>
        label={t("sessions")}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={(session) => session.id}
        maxHeight={260}
        columns={[
          {
            key: "device",
            title: t("columnDevice"),
            value: (session) => deviceName(session.user_agent) ?? t("unknownDevice"),
            render: (session) => (
              <span title={session.user_agent}>
                {deviceName(session.user_agent) ?? t("unknownDevice")}{" "}
                {session.current && (
                  <span className="tag" data-tone="primary">
                    {t("thisSession")}
                  </span>
                )}
              </span>
            ),
            width: "minmax(180px, 2fr)",
          },
          { key: "ip", title: t("columnIp"), value: (session) => session.ip, width: "minmax(110px, 1fr)" },
          { key: "seen", title: t("columnSeen"), value: (session) => formatInstant(session.last_seen_at), width: "150px" },
          { key: "since", title: t("columnSince"), value: (session) => formatInstant(session.created_at), width: "150px" },
          { key: "until", title: t("columnUntil"), value: (session) => formatInstant(session.expires_at), width: "150px" },
          {
            key: "actions",
            title: t("columnActions"),
            sortable: false,
            width: "120px",
            value: () => null,
            render: (session) =>
              session.current ? null : (
                <Button size="small" danger onClick={() => end(session)}>
                  {t("endSession")}
                </Button>
              ),
          },
        ]}
      />
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input } from "antd";
import { useEffect, useId, useRef, useState, type SyntheticEvent } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";

import { ApiError, explain } from "@/api/errors";
import { resumeSession, useSession, type EndReason } from "@/api/session";
import { useLanguage } from "@/app/i18n/local";
import { formatDuration } from "@/ui/format";

import { authStateQuery, useLogin } from "../api";
import { AuthFrame } from "../components/AuthFrame";
import { PasswordField } from "../components/PasswordField";
import { useCountdown } from "../components/useCountdown";
import { authTexts } from "../i18n";
import { safeNext } from "../logic/next";

const ENDED = { idle: "endedIdle", ended: "endedEnded", "signed-out": "endedOut" } as const satisfies Record<EndReason, string>;

export default function SignInPage() {
  const t = authTexts.useText();
  const language = useLanguage();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const next = safeNext(parameters.get("next"));
  const { status, endReason, idleMinutes } = useSession();
  const state = useQuery(authStateQuery);
  const login = useLogin();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState<"username" | "password" | null>(null);
  const [blockedUntil, setBlockedUntil] = useState<number | null>(null);
  const left = useCountdown(blockedUntil);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();

  useEffect(() => {
    // Somebody who is signed in already need not see this page; an unreachable server is told of by the form.
    void resumeSession().catch(() => undefined);
    form.current?.querySelector("input")?.focus();
  }, []);

  if (status === "signed-in") return <Navigate to={next} replace />;
  if (state.data?.setup_required === true) return <Navigate to="/setup" replace />;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (login.isPending || left > 0) return;
    // Some password managers fill the fields without telling React.
    const data = new FormData(form.current ?? undefined);
    const name = ((data.get("username") as string | null) ?? username).trim();
    const secret = (data.get("password") as string | null) ?? password;
    const empty = name === "" ? "username" : secret === "" ? "password" : null;
    setMissing(empty);
    if (empty !== null) {
      form.current?.querySelector<HTMLInputElement>(`input[name="${empty}"]`)?.focus();
      return;
    }
    login.mutate(
      { username: name, password: secret },
      {
        onSuccess: () => void navigate(next, { replace: true }),
        onError: (error) => {
          if (error instanceof ApiError && error.retryAfter !== null) {
            setBlockedUntil(performance.now() + error.retryAfter * 1000);
          }
          form.current?.querySelector<HTMLInputElement>('input[name="password"]')?.select();
        },
      },
    );
  };

  const time = formatDuration(left, language);
  const refusal = left > 0 ? t("backoff", { time }) : login.isError && !isBackoff(login.error) ? explain(login.error).message : null;

  return (
    <AuthFrame title={t("signInTitle")}>
      {endReason !== null && !login.isError && (
        <Alert type={endReason === "signed-out" ? "success" : "info"} showIcon title={t(ENDED[endReason], { minutes: idleMinutes })} />
      )}
      {refusal !== null && <Alert type={left > 0 ? "warning" : "error"} showIcon role="alert" title={refusal} />}
      <form ref={form} className="auth-form" onSubmit={submit} noValidate>
        <div className="form-field">
          <label htmlFor={`${id}-name`}>{t("username")}</label>
          <Input
            id={`${id}-name`}
            name="username"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={40}
            aria-invalid={missing === "username"}
            {...(missing === "username" ? { status: "error" as const } : {})}
          />
          {missing === "username" && <div className="form-error">{t("usernameMissing")}</div>}
        </div>
        <PasswordField
          label={t("password")}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          error={missing === "password" ? t("passwordMissing") : null}
        />
        <Button type="primary" htmlType="submit" size="large" block loading={login.isPending} disabled={left > 0}>
          {left > 0 ? t("wait", { time }) : t("signIn")}
        </Button>
      </form>
      <p className="form-help">
        {t("forgotten")} {t("forgottenText")}
      </p>
      {state.isError && (
        <Alert
          type="error"
          showIcon
          title={t("stateError")}
          description={explain(state.error).message}
        />
      )}
    </AuthFrame>
  );
}

const isBackoff = (error: unknown): boolean => error instanceof ApiError && error.code === "login_backoff";

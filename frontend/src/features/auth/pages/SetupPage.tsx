import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Input } from "antd";
import { useId, useState, type SyntheticEvent } from "react";
import { Link, Navigate, useLocation, useNavigate } from "react-router";

import { ApiError, explain } from "@/api/errors";
import { useSession } from "@/api/session";
import { ErrorPanel } from "@/ui/state";

import { authStateQuery, useSetup } from "../api";
import { AuthFrame } from "../components/AuthFrame";
import { NewPassword } from "../components/NewPassword";
import { PasswordField } from "../components/PasswordField";
import { authTexts } from "../i18n";
import { setupToken } from "../logic/next";
import { strengthOf } from "../logic/strength";

/** As the server checks it. */
const USERNAME = /^[A-Za-z0-9._\-一-鿿]{2,40}$/;

/** First run: the person at the machine makes the administrator's account. */
export default function SetupPage() {
  const t = authTexts.useText();
  const token = setupToken(useLocation());
  const state = useQuery(authStateQuery);
  const signedIn = useSession(({ status }) => status === "signed-in");

  if (signedIn) return <Navigate to="/" replace />;
  if (state.data?.setup_required === false) {
    return (
      <AuthFrame title={t("alreadyTitle")}>
        <p className="soft">{t("alreadyText")}</p>
        <Link to="/sign-in">{t("toSignIn")}</Link>
      </AuthFrame>
    );
  }
  if (state.isError) {
    return (
      <AuthFrame title={t("setupTitle")}>
        <ErrorPanel title={t("stateError")} error={state.error} onRetry={() => void state.refetch()} />
      </AuthFrame>
    );
  }
  if (token === null) return <OpenTheLink title={t("noTokenTitle")} />;
  return <SetupForm token={token} />;
}

/** Say where the one-time link is found. */
function OpenTheLink({ title }: { title: string }) {
  const t = authTexts.useText();
  return (
    <AuthFrame title={title}>
      <p>{t("noTokenText")}</p>
      <code className="auth-command">quantdesk up</code>
      <p className="soft">{t("noTokenOr")}</p>
      <code className="auth-command">make up</code>
    </AuthFrame>
  );
}

function SetupForm({ token }: { token: string }) {
  const t = authTexts.useText();
  const navigate = useNavigate();
  const setup = useSetup();
  const id = useId();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  /** Errors show from the first try on, then follow what is typed. */
  const [tried, setTried] = useState(false);

  const refused = setup.error instanceof ApiError ? setup.error : null;
  if (refused?.code === "setup_token_invalid") return <OpenTheLink title={t("tokenInvalidTitle")} />;

  const field = refused?.fields[0]?.field;
  const nameError = tried && !USERNAME.test(username.trim()) ? t("usernameBad") : null;
  const { rules } = strengthOf(password, username);
  const passwordError =
    tried && password === "" ? t("passwordMissing") : tried && !rules.length ? t("rule.length") : field === "password" ? explain(refused).message : null;
  const againError = tried && password !== "" && again !== password ? t("confirmWrong") : null;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    const name = username.trim();
    if (!USERNAME.test(name) || !rules.length || again !== password || setup.isPending) return;
    setup.mutate({ token, username: name, password }, { onSuccess: () => void navigate("/", { replace: true }) });
  };

  return (
    <AuthFrame title={t("setupTitle")}>
      <p className="soft">{t("setupIntro")}</p>
      {setup.isError && field !== "password" && <Alert type="error" showIcon role="alert" title={explain(setup.error).message} />}
      <form className="auth-form" onSubmit={submit} noValidate>
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
            aria-invalid={nameError !== null}
            aria-describedby={`${id}-help`}
            {...(nameError === null ? {} : { status: "error" as const })}
          />
          <div id={`${id}-help`} className={nameError === null ? "form-help" : "form-error"}>
            {nameError ?? t("usernameHelp")}
          </div>
        </div>
        <NewPassword
          label={t("password")}
          value={password}
          onChange={(value) => {
            setPassword(value);
            if (field === "password") setup.reset();
          }}
          username={username}
          error={passwordError}
        />
        <PasswordField
          label={t("confirm")}
          name="new-password-again"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
          error={againError}
        />
        <Button type="primary" htmlType="submit" size="large" block loading={setup.isPending}>
          {t("setupButton")}
        </Button>
      </form>
    </AuthFrame>
  );
}

import { useEffect, type ReactNode } from "react";

import { Logo } from "@/app/shell/Logo";
import { LanguageButton, ThemeMenu } from "@/app/shell/Switches";

import "./auth.css";

interface AuthFrameProps {
  title: string;
  children: ReactNode;
}

/** The page before there is a session: the product's name, language and theme, one form. */
export function AuthFrame({ title, children }: AuthFrameProps) {
  useEffect(() => {
    document.title = `${title} · QuantDesk`;
  }, [title]);
  return (
    <div className="auth">
      <header className="auth-top">
        <span className="brand-name">
          <Logo /> QuantDesk
        </span>
        <span>
          <LanguageButton />
          <ThemeMenu />
        </span>
      </header>
      <main className="auth-main">
        <section className="panel auth-panel" aria-labelledby="auth-title">
          <h1 id="auth-title">{title}</h1>
          {children}
        </section>
      </main>
    </div>
  );
}

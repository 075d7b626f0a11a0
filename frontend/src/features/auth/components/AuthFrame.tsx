import { lazy, Suspense, useEffect, type ReactNode } from "react";

import { Logo } from "@/app/shell/Logo";
import { LanguageButton, ThemeButton } from "@/app/shell/Switches";

import "./auth.css";

/** Menus are a large part of the component library, and signing in needs none of it. */
const ThemeMenu = lazy(() => import("@/app/shell/ThemeMenu"));

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
          <Suspense fallback={<ThemeButton />}>
            <ThemeMenu />
          </Suspense>
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

import { Button, Tour } from "antd";
import { useEffect, useEffectEvent } from "react";
import { useLocation, useNavigate } from "react-router";

import { useDebounced } from "@/ui/useDebounced";

import { tourTexts } from "./i18n";
import { isAt, pathOf, STEPS, strategyAt } from "./steps";
import { useTour } from "./store";
import { useTarget } from "./useTarget";
import "./tour.css";

const MISSING_MS = 2_000;

interface TourGuideProps {
  user: string;
}

/** The running tour: a card beside what it speaks of; it waits for its page, and goes on where it was after a reload. */
export default function TourGuide({ user }: TourGuideProps) {
  const t = tourTexts.useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const progress = useTour((state) => state.users[user]);
  const set = useTour((state) => state.set);
  const at = Math.min(progress?.step ?? 0, STEPS.length - 1);
  const step = STEPS[at];
  const here = step !== undefined && isAt(step, pathname);
  const target = useTarget(here ? step.target : null);
  const strategy = strategyAt(pathname);
  // What it points at may be on another page, or hidden in another tab: then it does not vanish without a word.
  const shown = here && target !== null;
  const missing = useDebounced(!shown, MISSING_MS) && !shown;

  // The strategy that was just made, or opened, is where the tour goes on.
  const opened = useEffectEvent((id: string) => {
    set(user, step?.key === "create" ? { strategy: id, step: at + 1 } : { strategy: id });
  });
  useEffect(() => {
    if (strategy !== null) opened(strategy);
  }, [strategy]);

  if (step === undefined) return null;
  const last = at === STEPS.length - 1;
  const end = (state: "later" | "done") => set(user, { state, step: 0 });
  const go = (to: number) => {
    const next = STEPS[to];
    if (next === undefined) return;
    // The editor needs a strategy: the step before it is done by making or opening one.
    if (next.page === "editor" && strategy === null && (progress?.strategy ?? null) === null) {
      target?.click();
      return;
    }
    set(user, { step: to });
    if (!isAt(next, pathname)) void navigate(pathOf(next, progress?.strategy ?? null));
  };
  const resume = () => {
    if (here) {
      go(at + 1);
      return;
    }
    const path = pathOf(step, progress?.strategy ?? null);
    if (step.page === "editor" && path === "/strategies") set(user, { step: 1 });
    void navigate(path);
  };

  if (missing) {
    return (
      <aside className="tour-paused" aria-label={t("tour")}>
        <span>{t("paused", { at: at + 1, count: STEPS.length })}</span>
        <Button size="small" type="primary" onClick={resume}>
          {t("resume")}
        </Button>
        <Button size="small" type="text" onClick={() => end("later")}>
          {t("skip")}
        </Button>
      </aside>
    );
  }
  return (
    <Tour
      // Esc and the arrows belong to the page that is being tried out.
      keyboard={false}
      open={target !== null}
      mask={false}
      current={0}
      onClose={() => end("later")}
      rootClassName="tour-card"
      steps={[{ target, placement: step.placement, title: t(`${step.key}.title`), description: t(`${step.key}.text`) }]}
      actionsRender={() => (
        <div className="tour-actions">
          <span className="soft" role="status">
            {t("step", { at: at + 1, count: STEPS.length })}
          </span>
          {!last && (
            <Button size="small" type="text" onClick={() => end("later")}>
              {t("skip")}
            </Button>
          )}
          {at > 0 && (
            <Button size="small" onClick={() => go(at - 1)}>
              {t("back")}
            </Button>
          )}
          <Button size="small" type="primary" onClick={() => (last ? end("done") : go(at + 1))}>
            {t(last ? "finish" : "next")}
          </Button>
        </div>
      )}
    />
  );
}

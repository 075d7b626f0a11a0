import { CheckCircleFilled, InfoCircleOutlined, LoadingOutlined, WarningFilled } from "@ant-design/icons";
import { Button, Popover } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";

import { strategyTexts } from "../i18n";
import { distinctDifferences, isUnderWay, toneOf, type Tone } from "../logic/lookahead";
import { useCheckLookahead, useLookahead, type LookaheadCheck } from "../lookahead";
import "./lookahead.css";

/** Most differences shown; the first ones tell enough. */
const MOST = 8;

interface LookaheadBadgeProps {
  strategyId: string;
  /** The saved version that is shown. */
  version: number;
  /** Absent while the editor holds other code than the version's. */
  onGoTo?: ((line: number, file?: string | null) => void) | undefined;
}

/** Whether the saved version decides by later days' data; at a click the evidence. */
export function LookaheadBadge({ strategyId, version, onGoTo }: LookaheadBadgeProps) {
  const t = strategyTexts.useText();
  const [open, setOpen] = useState(false);
  const { data: check } = useLookahead(strategyId, version);
  if (check === undefined) return null;
  const goTo =
    onGoTo &&
    ((line: number, file?: string | null) => {
      setOpen(false);
      onGoTo(line, file);
    });
  return (
    <Popover
      trigger="click"
      placement="bottomLeft"
      open={open}
      onOpenChange={setOpen}
      title={t("lookahead.title", { number: version })}
      content={<Evidence strategyId={strategyId} check={check} onGoTo={goTo} />}
    >
      <Button type="text" size="small" className="lookahead-badge" data-tone={toneOf(check.state)} icon={<ToneIcon tone={toneOf(check.state)} />}>
        {t(`lookahead.${check.state}`)}
      </Button>
    </Popover>
  );
}

function ToneIcon({ tone }: { tone: Tone }) {
  if (tone === "busy") return <LoadingOutlined aria-hidden />;
  if (tone === "good") return <CheckCircleFilled aria-hidden />;
  return tone === "bad" ? <WarningFilled aria-hidden /> : <InfoCircleOutlined aria-hidden />;
}

interface EvidenceProps {
  strategyId: string;
  check: LookaheadCheck;
  onGoTo: ((line: number, file?: string | null) => void) | undefined;
}

function Evidence({ strategyId, check, onGoTo }: EvidenceProps) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const again = useCheckLookahead(strategyId, check.version);
  const differences = distinctDifferences(check.differences);
  const { spec } = check;
  return (
    <div className="lookahead-evidence" aria-live="polite">
      <p>{check.words[language]}</p>
      {check.hints.length > 0 && (
        <>
          <strong>{t("lookahead.hints")}</strong>
          <ul>
            {check.hints.map(({ file, line, source, words }) => (
              <li key={`${file}:${line}`}>
                {file != null && <span className="soft">{file} </span>}
                {onGoTo === undefined ? (
                  t("line", { line })
                ) : (
                  <Button type="link" size="small" onClick={() => onGoTo(line, file)}>
                    {t("line", { line })}
                  </Button>
                )}{" "}
                <code>{source}</code>
                <div className="soft">{words[language]}</div>
              </li>
            ))}
          </ul>
        </>
      )}
      {differences.length > 0 && (
        <>
          <strong>{t("lookahead.differences")}</strong>
          <ul>
            {differences.slice(0, MOST).map(({ cut, date, symbol, field, words }) => (
              <li key={`${cut} ${date} ${symbol ?? ""} ${field}`}>{words[language]}</li>
            ))}
          </ul>
          {differences.length > MOST && <p className="soft">{t("lookahead.more", { count: differences.length - MOST })}</p>}
        </>
      )}
      {spec !== null && check.origin !== null && (
        <p className="soft">
          {t(`lookahead.on.${check.origin}`)}{" "}
          {t("lookahead.range", { count: spec.symbols.length, first: spec.symbols[0] ?? "", start: spec.start, end: spec.end })}
        </p>
      )}
      <p className="soft">{t("lookahead.meaning")}</p>
      {again.error !== null && <p role="alert">{explain(again.error).message}</p>}
      <Button size="small" loading={again.isPending} disabled={isUnderWay(check.state)} onClick={() => again.mutate()}>
        {t(check.state === "unchecked" ? "lookahead.run" : "lookahead.again")}
      </Button>
    </div>
  );
}

import { formatNumber } from "@/ui/format";

import { toneOf } from "./logic";

/** A score with its colour; the figure itself says the same. */
export const Score = ({ score }: { score: number }) => (
  <span className="quality-score" data-tone={toneOf(score)}>
    {formatNumber(score, { digits: 1 })}
  </span>
);

import { defineTexts } from "@/app/i18n";

import { en } from "./i18n.en";
import { zh } from "./i18n.zh";
import { en as metricsEn } from "./metrics.en";
import { zh as metricsZh } from "./metrics.zh";

export const backtestTexts = defineTexts("backtests", zh, en);
/** Name, meaning, formula and unit of each metric. */
export const metricTexts = defineTexts("metrics", metricsZh, metricsEn);

import { defineTexts } from "@/app/i18n";

import { en } from "./i18n.en";
import { zh } from "./i18n.zh";

/** Texts of the report's sections. */
export const reportTexts = defineTexts("report", zh, en);

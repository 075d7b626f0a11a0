import { defineTexts } from "@/app/i18n";

import { en } from "./i18n.en";
import { zh } from "./i18n.zh";

export const tourTexts = defineTexts("tour", zh, en);

import { defineTexts } from "@/app/i18n";

import { en } from "./errors.en";
import { zh } from "./errors.zh";

/** Texts by the server's stable error codes, and the codes of this client. */
export const errorTexts = defineTexts("errors", zh, en);

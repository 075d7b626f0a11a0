import { QuestionCircleOutlined } from "@ant-design/icons";
import { lazy, Suspense, useState } from "react";

import { Loading } from "@/ui/state";

import type { SideEntry } from "../ide/SidePanel";
import { helpTexts } from "./i18n";

const HelpPanel = lazy(() => import("./HelpPanel"));

/** The entry of the side panel for the help, and what a reader put from it into the code. */
export function useHelpEntry(): { entry: SideEntry; insert: { text: string } | undefined } {
  const t = helpTexts.useText();
  const [insert, setInsert] = useState<{ text: string }>();
  return {
    insert,
    entry: {
      key: "help",
      label: t("help"),
      icon: <QuestionCircleOutlined aria-hidden />,
      content: (
        <Suspense fallback={<Loading rows={12} />}>
          <HelpPanel onInsert={(text) => setInsert({ text })} />
        </Suspense>
      ),
    },
  };
}

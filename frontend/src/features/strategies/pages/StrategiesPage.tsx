import { shellTexts } from "@/app/shell/i18n";
import { Loading } from "@/ui/state";
import { Page } from "@/ui/Page";

export default function StrategiesPage() {
  const t = shellTexts.useText();
  return (
    <Page title={t("nav.strategies")}>
      <Loading />
    </Page>
  );
}

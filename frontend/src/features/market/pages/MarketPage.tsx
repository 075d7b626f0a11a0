import { shellTexts } from "@/app/shell/i18n";
import { Loading } from "@/ui/state";
import { Page } from "@/ui/Page";

export default function MarketPage() {
  const t = shellTexts.useText();
  return (
    <Page title={t("nav.market")}>
      <Loading />
    </Page>
  );
}

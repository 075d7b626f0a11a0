import { Tabs } from "antd";
import { useSearchParams } from "react-router";

import { useMay, useSession } from "@/api/session";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/state";

import { AuditTab } from "../components/AuditTab";
import { PreferencesTab } from "../components/PreferencesTab";
import { SecurityTab } from "../components/SecurityTab";
import { StatusTab } from "../components/StatusTab";
import { UsersTab } from "../components/UsersTab";
import { systemTexts } from "../i18n";
import "../components/system.css";

const TABS = {
  security: { Content: SecurityTab, admin: false },
  preferences: { Content: PreferencesTab, admin: false },
  users: { Content: UsersTab, admin: true },
  audit: { Content: AuditTab, admin: true },
  status: { Content: StatusTab, admin: true },
} as const;
type TabKey = keyof typeof TABS;

/** Security, users, audit, status and preferences; the tab is part of the address. */
export default function SystemPage() {
  const t = systemTexts.useText();
  const [parameters, setParameters] = useSearchParams();
  const admin = useMay("admin");
  const role = useSession(({ user }) => user?.role ?? "viewer");
  const wanted = parameters.get("tab") ?? "";
  const active: TabKey = wanted in TABS ? (wanted as TabKey) : "security";
  return (
    <Page title={t("title")}>
      <Tabs
        activeKey={active}
        onChange={(tab) => setParameters({ tab }, { replace: true })}
        destroyOnHidden
        items={(Object.keys(TABS) as TabKey[]).map((key) => {
          const { Content, admin: adminOnly } = TABS[key];
          return {
            key,
            label: t(`tab.${key}`),
            children:
              adminOnly && !admin ? (
                <Empty title={t(`tab.${key}`)}>{t("adminOnly", { role: t(`role.${role}`) })}</Empty>
              ) : (
                <Content />
              ),
          };
        })}
      />
    </Page>
  );
}

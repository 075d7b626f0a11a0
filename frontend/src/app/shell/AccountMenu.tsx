import { UserOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { useNavigate } from "react-router";

import { useSession } from "@/api/session";
import { tourTexts } from "@/app/tour/i18n";
import { useTour } from "@/app/tour/store";
import { signOut } from "@/features/auth/api";

import { shellTexts } from "./i18n";
import { useHelp } from "./keys/store";

/** Who is signed in, and what belongs to that person. */
export function AccountMenu() {
  const t = shellTexts.useText();
  const navigate = useNavigate();
  const user = useSession((session) => session.user);
  const tour = tourTexts.useText();
  const setTour = useTour((state) => state.set);
  const showHelp = useHelp((help) => help.show);
  const items: MenuProps["items"] = [
    ...(user === null
      ? []
      : [
          {
            key: "who",
            type: "group" as const,
            label: t("signedInAs", { name: user.username, role: t(`role.${user.role}`) }),
          },
          { type: "divider" as const },
        ]),
    { key: "security", label: t("security"), onClick: () => void navigate("/system?tab=security") },
    { key: "preferences", label: t("preferences"), onClick: () => void navigate("/system?tab=preferences") },
    { key: "keys", label: t("keys"), extra: "?", onClick: showHelp },
    ...(user === null
      ? []
      : [
          {
            key: "tour",
            label: tour("tour"),
            onClick: () => {
              setTour(user.id, { state: "running", step: 0 });
              void navigate("/");
            },
          },
        ]),
    { type: "divider" },
    { key: "out", label: t("signOut"), onClick: () => void signOut("signed-out") },
  ];
  return (
    <Dropdown trigger={["click"]} menu={{ items }} placement="bottomRight">
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={`${t("account")} ${user?.username ?? ""}`} title={t("account")}>
        <span className="top-word account-name">{user?.username}</span>
      </Button>
    </Dropdown>
  );
}

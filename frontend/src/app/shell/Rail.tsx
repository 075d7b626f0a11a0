import { MenuFoldOutlined, MenuUnfoldOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import { NavLink } from "react-router";

import { NAV } from "@/app/nav";
import { usePrefs } from "@/app/prefs";

import { shellTexts } from "./i18n";

/** The pages at the left: icon and word, or icons alone when collapsed or on a tablet. */
export function Rail() {
  const t = shellTexts.useText();
  const collapsed = usePrefs((prefs) => prefs.railCollapsed);
  const set = usePrefs((prefs) => prefs.set);
  const toggle = t(collapsed ? "expand" : "collapse");
  return (
    <nav className="rail" aria-label={t("nav")} data-collapsed={collapsed}>
      <ul>
        {NAV.map(({ key, path, icon, prefetch }) => {
          const word = t(`nav.${key}`);
          const load = () => void prefetch().catch(() => undefined);
          return (
            <li key={key}>
              <Tooltip title={collapsed ? word : ""} placement="right">
                <NavLink to={path} end={path === "/"} className="rail-link" aria-label={word} onPointerEnter={load} onFocus={load}>
                  {icon}
                  <span className="rail-word">{word}</span>
                </NavLink>
              </Tooltip>
            </li>
          );
        })}
      </ul>
      <button
        type="button"
        className="rail-link rail-toggle"
        aria-label={toggle}
        aria-expanded={!collapsed}
        onClick={() => set({ railCollapsed: !collapsed })}
      >
        {collapsed ? <MenuUnfoldOutlined aria-hidden /> : <MenuFoldOutlined aria-hidden />}
        <span className="rail-word">{toggle}</span>
      </button>
    </nav>
  );
}

import {
  DashboardOutlined,
  DatabaseOutlined,
  ExperimentOutlined,
  FileTextOutlined,
  SettingOutlined,
  StockOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import type { ReactNode } from "react";

export type PageKey = "dashboard" | "market" | "strategies" | "backtests" | "jobs" | "data" | "system";

export interface NavEntry {
  key: PageKey;
  path: string;
  icon: ReactNode;
  /** Load the page's chunk; called on hover, before the click. */
  prefetch: () => Promise<unknown>;
}

/** The pages of the rail, in their order. */
export const NAV: readonly NavEntry[] = [
  {
    key: "dashboard",
    path: "/",
    icon: <DashboardOutlined aria-hidden />,
    prefetch: () => import("@/features/dashboard/pages/DashboardPage"),
  },
  { key: "market", path: "/market", icon: <StockOutlined aria-hidden />, prefetch: () => import("@/features/market/pages/MarketPage") },
  {
    key: "strategies",
    path: "/strategies",
    icon: <FileTextOutlined aria-hidden />,
    prefetch: () => import("@/features/strategies/pages/StrategiesPage"),
  },
  {
    key: "backtests",
    path: "/backtests",
    icon: <ExperimentOutlined aria-hidden />,
    prefetch: () => import("@/features/backtests/pages/BacktestsPage"),
  },
  { key: "jobs", path: "/jobs", icon: <UnorderedListOutlined aria-hidden />, prefetch: () => import("@/features/jobs/pages/JobsPage") },
  { key: "data", path: "/data", icon: <DatabaseOutlined aria-hidden />, prefetch: () => import("@/features/data/pages/DataPage") },
  { key: "system", path: "/system", icon: <SettingOutlined aria-hidden />, prefetch: () => import("@/features/system/pages/SystemPage") },
];

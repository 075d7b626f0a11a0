import { lazyPage } from "@/app/page";

export const routes = [lazyPage("/", () => import("./pages/DashboardPage"))];

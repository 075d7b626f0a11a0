import { lazyPage } from "@/app/page";

export const routes = [lazyPage("/system", () => import("./pages/SystemPage"))];

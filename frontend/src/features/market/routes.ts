import { lazyPage } from "@/app/page";

export const routes = [lazyPage("/market", () => import("./pages/MarketPage"))];

import { lazyPage } from "@/app/page";

// One route, so that the list stays as it is while another stock opens.
export const routes = [lazyPage("/market/:symbol?/:product?", () => import("./pages/MarketPage"))];

import { lazyPage } from "@/app/page";

export const routes = [lazyPage("/data", () => import("./pages/DataPage"))];

import { lazyPage } from "@/app/page";

export const routes = [lazyPage("/jobs", () => import("./pages/JobsPage"))];

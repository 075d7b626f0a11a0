import { lazyPage } from "@/app/page";

export const routes = [
  lazyPage("/sign-in", () => import("./pages/SignInPage")),
  lazyPage("/setup", () => import("./pages/SetupPage")),
];

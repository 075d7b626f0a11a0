import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";

import { router } from "@/app/routes";
import { watchForUpdates } from "@/app/staleChunk";
import "@/app/theme/base.css";

const container = document.getElementById("root");
if (container === null) throw new Error("index.html holds no #root");
watchForUpdates();
createRoot(container).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);

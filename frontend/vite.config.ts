import { fileURLToPath, URL } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.QD_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    manifest: true,
    // Monaco is one lazy chunk of its own, larger than Vite's default warning; `npm run size` guards what counts.
    chunkSizeWarningLimit: 3500,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
  },
});

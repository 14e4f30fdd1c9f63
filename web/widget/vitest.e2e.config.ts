import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Needs a built widget (`npm run widget:build`) and Chromium. One file at a time: a browser is heavy. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  test: {
    include: ["e2e/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});

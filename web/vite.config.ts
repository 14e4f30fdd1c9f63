import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    proxy: { "/api": server, "/live": server, "/temporal": server, "/demo": server },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 700 },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/**
 * The app and its first page, the board, are one file; what later pages share is one more. A file for every shared module
 * would be dozens of requests, one waiting for the other, before anything is seen.
 */
const codeSplitting = {
  groups: [
    { name: "first", tags: ["$initial" as const], priority: 2 },
    { name: "later", minShareCount: 2 },
  ],
};

const server = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), compressed()],
  server: {
    proxy: { "/api": server, "/live": server, "/temporal": server, "/demo": server },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 700, rolldownOptions: { output: { codeSplitting } } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});

/** Writes each text file a second time, compressed as small as it gets: the server sends that to whoever can read it. */
function compressed(): Plugin {
  const compress = promisify(brotliCompress);
  return {
    name: "salesbot-compressed",
    apply: "build",
    async writeBundle({ dir = "dist" }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const path = join(dir, name);
          await writeFile(`${path}.br`, await compress(await readFile(path)));
        }),
      );
    },
  };
}

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Two builds share one folder: `panel` (the default) empties it, `loader` adds to it. */
export default defineConfig(({ mode }) => ({
  root: here,
  base: "/live/",
  publicDir: false,
  plugins: mode === "loader" ? [takeSettings(), copyDemo()] : [],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    outDir: "dist",
    // The loader's build must not wipe the panel.
    emptyOutDir: mode !== "loader",
    modulePreload: { polyfill: false },
    ...(mode === "loader" ? loaderBuild() : panelBuild()),
  },
}));

function panelBuild() {
  return { manifest: "manifest.json", rollupOptions: { input: `${here}panel.html` } };
}

function loaderBuild() {
  return {
    lib: {
      entry: `${here}src/loader/loader.ts`,
      formats: ["iife" as const],
      name: "salesbotChatLoader",
      fileName: () => "loader.js",
    },
  };
}

/**
 * The server answers loader.js with the channel's settings in it, so that the launcher needs no request that the
 * host page's connect-src could forbid. It replaces the string in the last line, quotes included, by a JSON object.
 */
function takeSettings(): Plugin {
  return {
    name: "salesbot-loader-settings",
    generateBundle(_options, bundle) {
      const chunk = bundle["loader.js"];
      if (chunk?.type !== "chunk") throw new Error("the loader's build made no loader.js");
      chunk.code = `(function(salesbotSettings){${chunk.code.trim()}\n})("__SALESBOT_SETTINGS__");\n`;
    },
  };
}

/** The Go side embeds dist alone, so the demo page and the folder's placeholder go there too. */
function copyDemo(): Plugin {
  return {
    name: "salesbot-demo",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "demo.html", source: readFileSync(`${here}demo.html`) });
      this.emitFile({ type: "asset", fileName: ".keep", source: "" });
    },
  };
}

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const DEMO = fileURLToPath(new URL("../../dist/demo.html", import.meta.url));

export interface Shop {
  origin: string;
  stop(): Promise<void>;
}

/**
 * Somebody else's pages: `/` under the strictest CSP that can still hold the chat, `/demo` as we serve it. They stand
 * on another site than the chat, so that frames, storage and messages cross sites as they do in life.
 */
export async function startShop(chat: string): Promise<Shop> {
  const strict = `default-src 'none'; script-src ${chat}; frame-src ${chat}`;
  const page = `<!doctype html><meta name="viewport" content="width=device-width"><title>Shop</title><h1>Shop</h1><button id="first">Buy</button><script async src="${chat}/live/shop/loader.js"></script>`;
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    if (request.url === "/demo") {
      const demo = readFileSync(DEMO, "utf8").replaceAll("/live/{{channel}}", `${chat}/live/shop`);
      response.end(demo);
      return;
    }
    response.setHeader("Content-Security-Policy", strict);
    response.end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

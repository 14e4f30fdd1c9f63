/** Counts what a page loads until it has been still for a while: requests, and bytes as they came over the wire. */
export async function traffic(page, load) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  const requests = new Map();
  let last = Date.now();
  session.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (request.url.startsWith("data:")) return;
    requests.set(requestId, { url: request.url, bytes: 0 });
    last = Date.now();
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId);
    if (request) request.bytes = encodedDataLength;
    last = Date.now();
  });
  await load();
  while (Date.now() - last < STILL_MS) await new Promise((done) => setTimeout(done, STILL_MS / 4));
  await session.detach();
  return [...requests.values()];
}

const STILL_MS = 1000;

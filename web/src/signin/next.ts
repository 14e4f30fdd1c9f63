/** Where to go after signing in: only ever a page of this app, whatever the address asked for. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next.startsWith("/login") ? "/" : next;
}

/** Whether the address is another program's page on this server, which needs a page load of its own. */
export function isForeign(path: string): boolean {
  return /^\/(temporal|api|demo)(\/|$)/.test(path);
}

import { useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "./me";
import { unreadQuery } from "./unread";

/** Names the page in the browser's tab, after how many of the clients' messages nobody has read. */
export function usePageTitle(name: string | undefined) {
  const signedIn = useQuery({ ...meQuery, enabled: false }).data !== undefined;
  const unread = useQuery({ ...unreadQuery, enabled: signedIn }).data ?? 0;
  useDocumentTitle(pageTitle(name, unread));
}

export function pageTitle(name: string | undefined, unread: number): string {
  const count = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "";
  return `${count}${name ? `${name} · ` : ""}Salesbot`;
}

import { queryOptions } from "@tanstack/react-query";
import { unreadCount } from "../api/chats";
import { keys } from "../api/keys";

export const unreadQuery = queryOptions({ queryKey: keys.unread, queryFn: unreadCount });

import { request } from "./request";

/** Whether to show what to do first: while the account has no lead, until this user has dismissed it. */
export const showsFirstStart = async () =>
  (await request<{ is_shown: boolean }>("GET", "/api/v4/first_start")).is_shown;

export const dismissFirstStart = () => request<void>("DELETE", "/api/v4/first_start");

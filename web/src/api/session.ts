import { request } from "./request";
import type { Account, User } from "./types";

export const signIn = (email: string, password: string) =>
  request<{ user: User }>("POST", "/api/session", { body: { email, password } });

export const signInByLink = (token: string) =>
  request<{ user: User }>("POST", "/api/session", { body: { token } });

export const signOut = () => request<void>("DELETE", "/api/session");

export const getAccount = () => request<Account>("GET", "/api/v4/account");

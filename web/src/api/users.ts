import { list, request } from "./request";
import type { User } from "./types";

export const listUsers = async () =>
  (await list<User>("/api/v4/users", "users", { query: { limit: 250 } })).items;

export type NewUser = Pick<User, "name" | "email" | "role">;

export async function addUser(user: NewUser): Promise<User> {
  const body = await request<{ _embedded: { users: [User] } }>("POST", "/api/v4/users", { body: [user] });
  return body._embedded.users[0];
}

/** Makes an address that lets the user in, once; it is nowhere to be read again. */
export const makeLoginLink = async (user: number) =>
  (await request<{ url: string }>("POST", `/api/v4/users/${user}/login_link`)).url;

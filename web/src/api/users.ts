import { list } from "./request";
import type { User } from "./types";

export const listUsers = async () =>
  (await list<User>("/api/v4/users", "users", { query: { limit: 250 } })).items;

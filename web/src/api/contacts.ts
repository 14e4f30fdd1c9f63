import { request } from "./request";
import type { Contact } from "./types";

export const getContact = (id: number) => request<Contact | undefined>("GET", `/api/v4/contacts/${id}`);

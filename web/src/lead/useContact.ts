import { useQuery } from "@tanstack/react-query";
import { getContact } from "../api/contacts";
import { keys } from "../api/keys";
import type { Contact } from "../api/types";

/** A contact in full; undefined until it is here, and if there is none. */
export function useContact(id: number): Contact | undefined {
  const { data } = useQuery({
    queryKey: keys.contact(id),
    queryFn: async () => (await getContact(id)) ?? null,
    enabled: id > 0,
  });
  return data ?? undefined;
}

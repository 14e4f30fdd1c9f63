import { useQuery } from "@tanstack/react-query";
import { getContact } from "../api/contacts";
import { keys } from "../api/keys";
import type { Contact } from "../api/types";

/** A contact in full; until the answer is here, what the lead told about it. */
export function useContact(known: Contact): Contact {
  const { data } = useQuery({
    queryKey: keys.contact(known.id),
    queryFn: async () => (await getContact(known.id)) ?? null,
    enabled: known.id > 0,
  });
  return data ?? known;
}

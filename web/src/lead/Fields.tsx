import { Anchor, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { describe, fieldError } from "../api/problem";
import type { Lead, LeadContact } from "../api/types";
import { usersQuery } from "../app/me";
import { dateTime } from "../ui/format";
import { SectionTitle } from "../ui/SectionTitle";
import { CustomFieldInput } from "./CustomFieldInput";
import { fieldsQuery, tagsQuery, useUpdateLead } from "./queries";
import { useContact } from "./useContact";

export function Fields({ lead }: { lead: Lead }) {
  const fields = useQuery(fieldsQuery).data ?? [];
  return (
    <Stack gap="sm" p="md">
      <SectionTitle>Lead</SectionTitle>
      <NameField lead={lead} />
      <PriceField lead={lead} />
      <ResponsibleField lead={lead} />
      <TagsField lead={lead} />
      {fields.map((field) => (
        <CustomFieldInput key={field.id} lead={lead} field={field} />
      ))}
      <Contacts lead={lead} />
      <Text size="xs" c="dimmed">
        Lead {lead.id}, created {dateTime(lead.created_at)}
      </Text>
    </Stack>
  );
}

/** A text that follows the server's until somebody types. */
function useDraft<T>(value: T): [T, (value: T) => void] {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  return [draft, setDraft];
}

const errorOf = (error: unknown, path: string) =>
  error ? (fieldError(error, path) ?? describe(error).detail) : undefined;

function NameField({ lead }: { lead: Lead }) {
  const [name, setName] = useDraft(lead.name);
  const update = useUpdateLead(lead.id);
  return (
    <TextInput
      label="Name"
      value={name}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => name !== lead.name && update.mutate({ name })}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      error={errorOf(update.error, "name")}
    />
  );
}

function PriceField({ lead }: { lead: Lead }) {
  const current = lead.price_with_minor_units;
  const [price, setPrice] = useDraft<number | string>(current);
  const update = useUpdateLead(lead.id);
  return (
    <NumberInput
      label="Price"
      min={0}
      thousandSeparator=" "
      hideControls
      value={price}
      onChange={setPrice}
      onBlur={() => Number(price) !== current && update.mutate({ price: Number(price) || 0 })}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      error={errorOf(update.error, "price")}
    />
  );
}

function ResponsibleField({ lead }: { lead: Lead }) {
  const users = useQuery(usersQuery).data ?? [];
  const update = useUpdateLead(lead.id);
  return (
    <Select
      label="Responsible"
      placeholder="Nobody"
      searchable
      allowDeselect={false}
      data={users.map((user) => ({ value: String(user.id), label: user.name }))}
      value={lead.responsible_user_id ? String(lead.responsible_user_id) : null}
      onChange={(value) => value && update.mutate({ responsible_user_id: Number(value) })}
      error={errorOf(update.error, "responsible_user_id")}
    />
  );
}

function TagsField({ lead }: { lead: Lead }) {
  const known = useQuery(tagsQuery).data ?? [];
  const update = useUpdateLead(lead.id);
  const current = update.isPending ? update.variables._embedded?.tags : lead._embedded?.tags;
  return (
    <TagsInput
      label="Tags"
      placeholder="Add a tag"
      data={known.map((tag) => tag.name)}
      value={(current ?? []).map((tag) => tag.name)}
      onChange={(names) => update.mutate({ _embedded: { tags: names.map((name) => ({ name })) } })}
      error={errorOf(update.error, "_embedded.tags")}
    />
  );
}

function Contacts({ lead }: { lead: Lead }) {
  const contacts = lead._embedded?.contacts ?? [];
  if (contacts.length === 0) return null;
  return (
    <Stack gap={6} mt="xs">
      <SectionTitle>Contacts</SectionTitle>
      {contacts.map((contact) => (
        <ContactView key={contact.id} contact={contact} />
      ))}
    </Stack>
  );
}

function ContactView({ contact }: { contact: LeadContact }) {
  const full = useContact(contact.id);
  const values = (full?.custom_fields_values ?? []).flatMap((field) =>
    (field.values ?? []).map((one) => ({ code: field.field_code, value: String(one.value) })),
  );
  return (
    <div>
      <Text size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
        {full?.name || `Contact ${contact.id}`}
      </Text>
      {values.map(({ code, value }) => (
        <Text size="sm" key={`${code}${value}`} style={{ overflowWrap: "anywhere" }}>
          {code === "PHONE" || code === "EMAIL" ? (
            <Anchor size="sm" href={`${code === "PHONE" ? "tel" : "mailto"}:${value}`}>
              {value}
            </Anchor>
          ) : (
            value
          )}
        </Text>
      ))}
    </div>
  );
}

import { Anchor, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Lead, LeadContact } from "../api/types";
import { usersQuery } from "../app/me";
import { dateTime } from "../ui/format";
import { SectionTitle } from "../ui/SectionTitle";
import { CustomFieldInput } from "./CustomFieldInput";
import { fieldsQuery, tagsQuery } from "./queries";
import { useContact } from "./useContact";
import { lineKeys, useEdit } from "./useEdit";

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

function NameField({ lead }: { lead: Lead }) {
  const { value, edit, save, back, error } = useEdit(lead.id, lead.name, (name) => ({ name }), "name");
  return (
    <TextInput
      label="Name"
      value={value}
      onChange={(event) => edit(event.currentTarget.value)}
      onBlur={() => save()}
      onKeyDown={lineKeys(back)}
      error={error}
    />
  );
}

function PriceField({ lead }: { lead: Lead }) {
  const { value, edit, save, back, error } = useEdit<number | string>(
    lead.id,
    lead.price_with_minor_units,
    (price) => ({ price: Number(price) || 0 }),
    "price",
  );
  return (
    <NumberInput
      label="Price"
      min={0}
      clampBehavior="none"
      thousandSeparator=" "
      hideControls
      value={value}
      onChange={edit}
      onBlur={() => save()}
      onKeyDown={lineKeys(back)}
      error={error}
    />
  );
}

function ResponsibleField({ lead }: { lead: Lead }) {
  const users = useQuery(usersQuery).data ?? [];
  const { value, save, error } = useEdit(
    lead.id,
    lead.responsible_user_id,
    (responsible_user_id) => ({ responsible_user_id }),
    "responsible_user_id",
  );
  return (
    <Select
      label="Responsible"
      placeholder="Nobody"
      searchable
      allowDeselect={false}
      data={users.map((user) => ({ value: String(user.id), label: user.name }))}
      value={value ? String(value) : null}
      onChange={(id) => id && save(Number(id))}
      error={error}
    />
  );
}

function TagsField({ lead }: { lead: Lead }) {
  const known = useQuery(tagsQuery).data ?? [];
  const { value, save, error } = useEdit(
    lead.id,
    (lead._embedded?.tags ?? []).map((tag) => tag.name),
    (names) => ({ _embedded: { tags: names.map((name) => ({ name })) } }),
    "_embedded.tags",
  );
  return (
    <TagsInput
      label="Tags"
      placeholder="Add a tag"
      data={known.map((tag) => tag.name)}
      value={value}
      onChange={(names) => save(names)}
      error={error}
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

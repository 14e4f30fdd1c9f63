import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { type KeyboardEvent, useEffect, useState } from "react";
import { describe } from "../api/problem";
import type { CustomField, FieldValue, Lead } from "../api/types";
import { useUpdateLead } from "./queries";
import { choices, fromInputDate, patchOf, picked, toInputDate, valuesOf } from "./values";

interface Props {
  lead: Lead;
  field: CustomField;
}

interface InputProps {
  field: CustomField;
  values: FieldValue[];
  save: (values: FieldValue[]) => void;
  error: string | undefined;
}

/** One custom field, with the input that its type asks for; it saves when it is left. */
export function CustomFieldInput({ lead, field }: Props) {
  const update = useUpdateLead(lead.id);
  const values = valuesOf(lead, field.id);
  const save = (next: FieldValue[]) => {
    if (JSON.stringify(next) !== JSON.stringify(values)) update.mutate(patchOf(field.id, next));
  };
  const error = update.error ? describe(update.error).detail : undefined;
  const Input = inputs[field.type] ?? TextField;
  return <Input field={field} values={values} save={save} error={error} />;
}

const one = (value: FieldValue["value"]): FieldValue[] => (value === "" ? [] : [{ value }]);

function TextField({ field, values, save, error }: InputProps) {
  const current = String(values[0]?.value ?? "");
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  const props = {
    label: field.name,
    value: text,
    error,
    onBlur: () => text !== current && save(one(text.trim())),
  };
  if (field.type === "textarea")
    return (
      <Textarea {...props} autosize maxRows={6} onChange={(event) => setText(event.currentTarget.value)} />
    );
  return (
    <TextInput
      {...props}
      type={field.type === "url" ? "url" : "text"}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={leaveOnEnter}
    />
  );
}

function leaveOnEnter(event: KeyboardEvent<HTMLInputElement>) {
  if (event.key === "Enter") event.currentTarget.blur();
}

function NumberField({ field, values, save, error }: InputProps) {
  const current = values[0] === undefined ? "" : Number(values[0].value);
  const [number, setNumber] = useState<number | string>(current);
  useEffect(() => setNumber(current), [current]);
  return (
    <NumberInput
      label={field.name}
      hideControls
      value={number}
      error={error}
      onChange={setNumber}
      onBlur={() => number !== current && save(number === "" ? [] : [{ value: String(number) }])}
      onKeyDown={leaveOnEnter}
    />
  );
}

function CheckField({ field, values, save, error }: InputProps) {
  return (
    <Switch
      label={field.name}
      checked={values[0]?.value === true}
      error={error}
      onChange={(event) => save([{ value: event.currentTarget.checked }])}
    />
  );
}

const optionsOf = (field: CustomField) =>
  (field.enums ?? []).map((choice) => ({ value: String(choice.id), label: choice.value }));

function ChoiceField({ field, values, save, error }: InputProps) {
  return (
    <Select
      label={field.name}
      clearable
      data={optionsOf(field)}
      value={picked(field, values)[0] ?? null}
      error={error}
      onChange={(id) => save(id ? choices(field, [id]) : [])}
    />
  );
}

function ChoicesField({ field, values, save, error }: InputProps) {
  return (
    <MultiSelect
      label={field.name}
      clearable
      data={optionsOf(field)}
      value={picked(field, values)}
      error={error}
      onChange={(ids) => save(choices(field, ids))}
    />
  );
}

function DateField({ field, values, save, error }: InputProps) {
  const withTime = field.type === "date_time";
  const current = values[0] === undefined ? "" : toInputDate(values[0].value, withTime);
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  const at = fromInputDate(text);
  return (
    <TextInput
      label={field.name}
      type={withTime ? "datetime-local" : "date"}
      value={text}
      error={error}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => text !== current && save(at === undefined ? [] : [{ value: at }])}
    />
  );
}

const inputs: Record<string, typeof TextField> = {
  numeric: NumberField,
  monetary: NumberField,
  checkbox: CheckField,
  select: ChoiceField,
  radiobutton: ChoiceField,
  multiselect: ChoicesField,
  date: DateField,
  birthday: DateField,
  date_time: DateField,
};

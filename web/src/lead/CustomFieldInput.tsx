import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import type { CustomField, FieldValue, Lead } from "../api/types";
import { lineKeys, useEdit } from "./useEdit";
import { choices, fromInputDate, patchOf, picked, toInputDate, valuesOf } from "./values";

interface Props {
  lead: Lead;
  field: CustomField;
}

interface InputProps {
  field: CustomField;
  values: FieldValue[];
  /** What is typed so far; it is saved when the field is left. */
  edit: (values: FieldValue[]) => void;
  save: (values?: FieldValue[]) => void;
  back: () => void;
  error: string | undefined;
}

/** One custom field, with the input that its type asks for; it saves when it is left. */
export function CustomFieldInput({ lead, field }: Props) {
  const { value, ...rest } = useEdit(lead.id, valuesOf(lead, field.id), (values) =>
    patchOf(field.id, values),
  );
  const Input = inputs[field.type] ?? TextField;
  return <Input field={field} values={value} {...rest} />;
}

const one = (value: FieldValue["value"]): FieldValue[] => (value === "" ? [] : [{ value }]);

function TextField({ field, values, edit, save, back, error }: InputProps) {
  const text = String(values[0]?.value ?? "");
  const props = {
    label: field.name,
    value: text,
    error,
    onBlur: () => save(text === text.trim() ? values : one(text.trim())),
  };
  if (field.type === "textarea")
    return (
      <Textarea
        {...props}
        autosize
        maxRows={6}
        onChange={(event) => edit(one(event.currentTarget.value))}
        onKeyDown={(event) => {
          if (event.key === "Escape") back();
        }}
      />
    );
  return (
    <TextInput
      {...props}
      type={field.type === "url" ? "url" : "text"}
      onChange={(event) => edit(one(event.currentTarget.value))}
      onKeyDown={lineKeys(back)}
    />
  );
}

function NumberField({ field, values, edit, save, back, error }: InputProps) {
  return (
    <NumberInput
      label={field.name}
      hideControls
      clampBehavior="none"
      value={values[0] === undefined ? "" : Number(values[0].value)}
      error={error}
      onChange={(number) => edit(one(String(number)))}
      onBlur={() => save()}
      onKeyDown={lineKeys(back)}
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

function DateField({ field, values, edit, save, back, error }: InputProps) {
  const withTime = field.type === "date_time";
  return (
    <TextInput
      label={field.name}
      type={withTime ? "datetime-local" : "date"}
      value={values[0] === undefined ? "" : toInputDate(values[0].value, withTime)}
      error={error}
      onChange={(event) => edit(one(fromInputDate(event.currentTarget.value) ?? ""))}
      onBlur={() => save()}
      onKeyDown={lineKeys(back)}
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

import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keys } from "../api/keys";
import { fieldError } from "../api/problem";
import { putSecret } from "../api/secrets";
import { notifyDone } from "../ui/notify";

/** Adds a secret, or gives the one of that name another value. */
export function SecretForm({ name: known, onDone }: { name: string; onDone: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(known);
  const [value, setValue] = useState("");
  const save = useMutation({
    mutationFn: putSecret,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.secrets });
      notifyDone("The secret was saved");
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name: name.trim(), value });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Small letters, digits and _. Bots write it as {{secret.name}}"
          required
          disabled={known !== ""}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fieldError(save.error, "name")}
        />
        <PasswordInput
          label="Value"
          description="At least 8 characters. It is kept encrypted and never shown again."
          required
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={fieldError(save.error, "value")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

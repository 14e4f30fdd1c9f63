import { Button, Group, Modal, NumberInput, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keys } from "../api/keys";
import { createLead } from "../api/leads";
import { fieldError } from "../api/problem";
import type { Pipeline } from "../api/types";
import { notifyDone } from "../ui/notify";
import { Failed } from "../ui/States";

interface Props {
  pipeline: Pipeline;
  opened: boolean;
  onClose: () => void;
}

export function NewLead({ pipeline, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="New lead" centered>
      <NewLeadForm pipeline={pipeline} onClose={onClose} />
    </Modal>
  );
}

function NewLeadForm({ pipeline, onClose }: Omit<Props, "opened">) {
  const stages = pipeline._embedded.statuses;
  // A lead made by hand is nobody's incoming request.
  const first = stages.find((status) => status.type !== 1) ?? stages[0];
  const [name, setName] = useState("");
  const [price, setPrice] = useState<number | string>("");
  const [stage, setStage] = useState(String(first?.id ?? ""));
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: createLead,
    meta: { quiet: true },
    onSuccess: () => {
      notifyDone("The lead was created");
      void client.invalidateQueries({ queryKey: keys.boards });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, price: Number(price) || 0, pipeline_id: pipeline.id, status_id: Number(stage) });
  };
  const known = ["name", "price", "status_id"].some((path) => errorAt(create.error, path));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errorAt(create.error, "name")}
        />
        <NumberInput
          label="Price"
          // What is out of range is refused by the server, in words; here it would change under the hand.
          clampBehavior="none"
          thousandSeparator=" "
          value={price}
          onChange={setPrice}
          error={errorAt(create.error, "price")}
        />
        <Select
          label="Stage"
          allowDeselect={false}
          data={stages.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={stage}
          onChange={(value) => setStage(value ?? stage)}
          error={errorAt(create.error, "status_id")}
        />
        {create.error && !known && <Failed error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create lead
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Leads are created in bulk, so the API may name a field by itself or under its place in the list. */
const errorAt = (error: unknown, path: string) => fieldError(error, path) ?? fieldError(error, `0.${path}`);

import { Anchor, Button, Code, Group, Modal, Paper, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { keys } from "../api/keys";
import { deleteSecret, listSecrets } from "../api/secrets";
import type { Secret } from "../api/types";
import { usePageTitle } from "../app/title";
import { confirm } from "../ui/confirm";
import { Page } from "../ui/Page";
import { Async, Empty } from "../ui/States";
import { Ago } from "../ui/Time";
import { SecretForm } from "./SecretForm";

/** What bots send to services and nobody can read: names, who uses them, and a way to replace or delete each. */
export function SecretsPage() {
  const query = useQuery({ queryKey: keys.secrets, queryFn: listSecrets });
  usePageTitle("Secrets");
  const [edited, edit] = useState<string>();
  return (
    <Page>
      <Group justify="space-between" mb="xs">
        <Title order={1} size="h3">
          Secrets
        </Title>
        <Button leftSection={<IconPlus size={16} />} onClick={() => edit("")}>
          Add a secret
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="md">
        Keys and passwords of the services that bots call. A bot names one in a webhook's address, headers or
        body; its value is filled in only when the request is made.
      </Text>
      <Async
        query={query}
        empty={
          <Empty title="No secrets yet">Add the key of a service, so that it need not stand in a bot.</Empty>
        }
      >
        {(secrets) => (
          <Stack gap="xs">
            {secrets.map((secret) => (
              <SecretRow key={secret.name} secret={secret} onEdit={() => edit(secret.name)} />
            ))}
          </Stack>
        )}
      </Async>
      <Modal
        opened={edited !== undefined}
        onClose={() => edit(undefined)}
        title={edited ? `Another value for ${edited}` : "New secret"}
      >
        {edited !== undefined && <SecretForm key={edited} name={edited} onDone={() => edit(undefined)} />}
      </Modal>
    </Page>
  );
}

function SecretRow({ secret, onEdit }: { secret: Secret; onEdit: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: deleteSecret,
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secrets }),
  });
  const ask = () =>
    confirm(
      {
        title: `Delete ${secret.name}?`,
        text: "Its value is lost. No published bot uses it.",
        confirm: "Delete",
        danger: true,
      },
      () => remove.mutate(secret.name),
    );
  const users = secret.used_by ?? [];
  return (
    <Paper withBorder p="sm" bg="var(--panel)">
      <Group justify="space-between">
        <div style={{ minWidth: 0 }}>
          <Code fz="sm" style={{ overflowWrap: "anywhere" }}>{`{{secret.${secret.name}}}`}</Code>
          <Text size="xs" c="dimmed" mt={4}>
            set <Ago at={secret.updated_at} size="xs" />
            {users.length === 0 ? " · no bot uses it" : " · used by "}
            {users.map((bot, i) => (
              <span key={bot.id}>
                {i > 0 && ", "}
                <Anchor
                  underline="always"
                  renderRoot={(props) => <Link to="/bots/$id" params={{ id: bot.id }} {...props} />}
                >
                  {bot.name}
                </Anchor>
              </span>
            ))}
          </Text>
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onEdit} aria-label={`Replace ${secret.name}`}>
            Replace
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={users.length > 0}
            loading={remove.isPending}
            onClick={ask}
            aria-label={`Delete ${secret.name}`}
          >
            Delete
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

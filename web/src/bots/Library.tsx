import { Button, Group, Modal, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { copySample, listSamples } from "../api/bots";
import { keys } from "../api/keys";
import type { Sample } from "../api/types";
import { KindIcon } from "../steps/kinds";
import { Async } from "../ui/States";
import { Dialogue } from "./Dialogue";

const samplesQuery = queryOptions({
  queryKey: keys.samples,
  queryFn: listSamples,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Bots to begin with: what each does, how a talk with it goes, and a button that makes a draft of it. */
export function Library() {
  const query = useQuery(samplesQuery);
  const [shown, show] = useState<Sample>();
  return (
    <section aria-labelledby="library">
      <Title order={2} size="h4" mt="xl" id="library">
        Library
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        Bots to begin with. A copy is a draft of your own: change it, publish it, give it a trigger.
      </Text>
      <Async query={query}>
        {(samples) => (
          <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
            {samples.map((sample) => (
              <Offer key={sample.key} sample={sample} onPreview={() => show(sample)} />
            ))}
          </SimpleGrid>
        )}
      </Async>
      <Modal
        opened={shown !== undefined}
        onClose={() => show(undefined)}
        title={shown?.name}
        centered
        size="lg"
      >
        {shown && <Preview sample={shown} />}
      </Modal>
    </section>
  );
}

function Offer({ sample, onPreview }: { sample: Sample; onPreview: () => void }) {
  return (
    <Paper withBorder p="md" bg="var(--panel)" component="article" aria-label={sample.name}>
      <Stack gap="xs" h="100%">
        <Text fw={650} component="h3" m={0}>
          {sample.name}
        </Text>
        <Text size="sm">{sample.summary}</Text>
        <Text size="xs" c="dimmed">
          {sample.document.steps.length} steps
        </Text>
        <Group mt="auto" gap="xs">
          <Add sample={sample} />
          <Button size="xs" variant="default" onClick={onPreview} aria-label={`Preview ${sample.name}`}>
            Preview
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Add({ sample }: { sample: Sample }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const add = useMutation({
    mutationFn: () => copySample(sample.key),
    onSuccess: async (bot) => {
      await client.invalidateQueries({ queryKey: keys.bots });
      await navigate({ to: "/bots/$id", params: { id: bot.id } });
    },
  });
  return (
    <Button
      size="xs"
      leftSection={<IconPlus size={14} />}
      loading={add.isPending}
      onClick={() => add.mutate()}
      aria-label={`Add to my bots: ${sample.name}`}
    >
      Add to my bots
    </Button>
  );
}

function Preview({ sample }: { sample: Sample }) {
  return (
    <Stack>
      <Text size="sm">{sample.summary}</Text>
      <Title order={3} size="h5">
        How it goes
      </Title>
      <Dialogue lines={sample.dialogue ?? []} />
      <Title order={3} size="h5">
        Its steps
      </Title>
      <Stack component="ol" gap={4} p={0} m={0} style={{ listStyle: "none" }}>
        {sample.document.steps.map((step) => (
          <Group key={step.id} component="li" gap={8} wrap="nowrap">
            <KindIcon kind={step.kind} size={16} />
            <Text size="sm">{step.title || step.id}</Text>
          </Group>
        ))}
      </Stack>
      <Group justify="flex-end">
        <Add sample={sample} />
      </Group>
    </Stack>
  );
}

import { Alert, Anchor, Button, Group, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Run } from "../api/types";
import { Commands } from "../lead/LiveRun";
import { dateTime, duration } from "../ui/format";
import { isAlive, RunStatus } from "../ui/RunStatus";
import { useNow } from "../ui/useNow";
import classes from "./Run.module.css";
import { waitWords } from "./wait";

export function RunHeader({ run }: { run: Run }) {
  const now = useNow();
  const wait = waitWords(run, now);
  const took = duration(((run.ended_at ?? now) - run.created_at) * 1000);
  return (
    <header className={classes.header}>
      <Group gap="sm">
        <Title order={1} size="h4">
          {run.bot_name ?? `Bot ${run.bot_id}`}
        </Title>
        <RunStatus status={run.status} />
        <Text size="sm" c="dimmed">
          Run {run.id} · version {run.version ?? "?"} · since {dateTime(run.created_at)} · {took}
        </Text>
        <Group gap="xs" ml="auto">
          {run.lead_id && isAlive(run.status) ? <Commands run={run} lead={run.lead_id} /> : null}
          <TemporalLink workflow={run.workflow_id} />
        </Group>
      </Group>
      <Group gap="sm" mt={2}>
        {run.lead_id ? (
          <Anchor
            size="sm"
            renderRoot={(props) => <Link to="/leads/$id" params={{ id: run.lead_id ?? 0 }} {...props} />}
          >
            Lead {run.lead_id}
          </Anchor>
        ) : null}
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/bots/$id" params={{ id: run.bot_id }} {...props} />}
        >
          Open the bot
        </Anchor>
        {wait.text && isAlive(run.status) && (
          <Text size="sm" c={wait.overdue ? "red" : "dimmed"}>
            {wait.text}
          </Text>
        )}
      </Group>
      {run.reason && (
        <Alert mt="xs" p="xs" color={run.status === "failed" ? "red" : "gray"}>
          {run.reason}
        </Alert>
      )}
    </header>
  );
}

/** The same conversation in Temporal UI, for operators. */
function TemporalLink({ workflow }: { workflow: string | undefined }) {
  if (!workflow) return null;
  return (
    <Button
      component="a"
      size="compact-xs"
      variant="subtle"
      target="_blank"
      href={`/temporal/namespaces/default/workflows/${encodeURIComponent(workflow)}`}
      rightSection={<IconExternalLink size={13} />}
    >
      Temporal
    </Button>
  );
}

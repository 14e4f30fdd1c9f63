import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { isAlive, RunStatus } from "../ui/RunStatus";
import { SectionTitle } from "../ui/SectionTitle";
import { Async } from "../ui/States";
import { Ago } from "../ui/Time";
import { Hand, Launch, useTaken } from "./Hand";
import { botName, goingOn } from "./handback";
import { LiveRun } from "./LiveRun";
import { runsQuery } from "./queries";

/** Who talks to the client now: the bots, with where each of them stands, or a person. */
export function BotPanel({ lead }: { lead: number }) {
  const query = useQuery(runsQuery(lead));
  // What hands back offers to launch a bot then.
  const wanting = useTaken(lead) && goingOn(query.data ?? []).length === 0;
  const nothing = (
    <Text size="sm" c="dimmed">
      No bot has run for this lead.
    </Text>
  );
  return (
    <Stack gap="xs" component="section" aria-label="Bots">
      <Group justify="space-between">
        <SectionTitle>Bots</SectionTitle>
        {!wanting && <Launch lead={lead} />}
      </Group>
      <Hand lead={lead} />
      <Async query={query} empty={nothing}>
        {(runs) => (
          <>
            {runs
              .filter((run) => isAlive(run.status))
              .map((run) => (
                <LiveRun key={run.id} run={run} lead={lead} />
              ))}
            {runs
              .filter((run) => !isAlive(run.status))
              .slice(0, 5)
              .map((run) => (
                <Group key={run.id} gap={6} wrap="nowrap" justify="space-between">
                  <Anchor
                    size="sm"
                    truncate
                    c="dimmed"
                    renderRoot={(props) => <Link to="/runs/$id" params={{ id: run.id }} {...props} />}
                  >
                    {botName(run)}
                  </Anchor>
                  <Group gap={6} wrap="nowrap">
                    <RunStatus status={run.status} />
                    <Ago
                      at={run.ended_at ?? run.created_at}
                      size="xs"
                      c="dimmed"
                      style={{ whiteSpace: "nowrap" }}
                    />
                  </Group>
                </Group>
              ))}
          </>
        )}
      </Async>
    </Stack>
  );
}

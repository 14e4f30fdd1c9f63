import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useAccount, useUserName } from "../app/me";
import { pipelinesQuery } from "../board/queries";
import { money } from "../ui/format";
import { Async } from "../ui/States";
import { Ago } from "../ui/Time";
import { actor, type FeedNames, sentence, worthTelling } from "./feed";
import { feedQuery, fieldsQuery } from "./queries";

/** Everything that happened to the lead, newest first. */
export function Feed({ lead }: { lead: number }) {
  const query = useQuery(feedQuery(lead));
  const names = useFeedNames();
  const nothing = (
    <Text size="sm" c="dimmed">
      Nothing has happened yet.
    </Text>
  );
  return (
    <Async query={query} empty={nothing}>
      {(events) => (
        <Stack gap={6} component="ol" p={0} m={0} style={{ listStyle: "none" }}>
          {events.filter(worthTelling).map((event) => (
            <Group key={event.id} component="li" gap={6} wrap="nowrap" justify="space-between" align="start">
              <Text size="sm">
                <Text span fw={500} size="sm">
                  {actor(event, names)}
                </Text>{" "}
                {sentence(event, names)}
              </Text>
              <Ago at={event.created_at} size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }} />
            </Group>
          ))}
        </Stack>
      )}
    </Async>
  );
}

function useFeedNames(): FeedNames {
  const pipelines = useQuery(pipelinesQuery).data ?? [];
  const fields = useQuery(fieldsQuery).data ?? [];
  const userName = useUserName();
  const currency = useAccount()?.currency;
  return {
    pipelines,
    userName,
    money: (amount) => money(amount, currency),
    fieldName: (id) => fields.find((field) => field.id === id)?.name ?? "a field",
  };
}

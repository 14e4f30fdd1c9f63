import { Button, Menu, Stack } from "@mantine/core";
import { IconHandStop, IconPlayerPlay, IconRobot } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { launchBot } from "../api/bots";
import { keys } from "../api/keys";
import { handBack, takeOver } from "../api/leads";
import { botsQuery } from "../bots/queries";
import { notifyDone } from "../ui/notify";
import { goingOn, handBackWords, isTaken, placeWords } from "./handback";
import classes from "./Lead.module.css";
import { chatsQuery, runsQuery } from "./queries";
import { usePlaces } from "./usePlaces";

/** Whether a person of ours has the lead's chats; undefined until the server has said so. */
export function useTaken(lead: number): boolean | undefined {
  const chats = useQuery(chatsQuery(lead)).data;
  const runs = useQuery(runsQuery(lead)).data;
  return chats && runs && isTaken(chats, runs);
}

function useHand(lead: number) {
  const client = useQueryClient();
  return {
    onSettled: () =>
      Promise.all(
        [keys.runs(lead), keys.chats(lead), keys.lead(lead)].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  };
}

/** Taking over and giving back: only one of the two is possible. */
export function Hand({ lead }: { lead: number }) {
  const taken = useTaken(lead);
  if (taken === undefined) return null;
  return taken ? <HandBack lead={lead} /> : <TakeOver lead={lead} />;
}

function TakeOver({ lead }: { lead: number }) {
  const take = useMutation({
    mutationFn: () => takeOver(lead),
    onSuccess: () => notifyDone("You talk now; the bots are silent"),
    ...useHand(lead),
  });
  return (
    <Button
      size="xs"
      variant="light"
      color="orange"
      leftSection={<IconHandStop size={14} />}
      loading={take.isPending}
      onClick={() => take.mutate()}
    >
      Take over
    </Button>
  );
}

/** Says what giving back will do: who goes on and where, or that nobody will. */
function HandBack({ lead }: { lead: number }) {
  const places = usePlaces(goingOn(useQuery(runsQuery(lead)).data ?? []));
  const back = useMutation({
    mutationFn: () => handBack(lead),
    onSuccess: () => notifyDone("The bots may talk again"),
    ...useHand(lead),
  });
  if (places.length === 0)
    return (
      <Stack gap={4}>
        <HandBackToNew lead={lead} />
        <Button
          size="compact-sm"
          variant="subtle"
          color="teal"
          loading={back.isPending}
          onClick={() => back.mutate()}
        >
          Hand back without a bot
        </Button>
      </Stack>
    );
  return (
    <Button
      size="xs"
      color="teal"
      className={classes.hand}
      leftSection={<IconRobot size={14} />}
      title={places.map(placeWords).join("\n")}
      loading={back.isPending}
      onClick={() => back.mutate()}
    >
      {handBackWords(places)}
    </Button>
  );
}

/** Nobody would go on: a bot is launched, and then the lead is its. One that can't be launched leaves it with the person. */
function HandBackToNew({ lead }: { lead: number }) {
  const launch = useMutation({
    mutationFn: (bot: number) => launchBot(bot, lead).then(() => handBack(lead)),
    onSuccess: () => notifyDone("The bot was launched, and talks now"),
    ...useHand(lead),
  });
  return (
    <BotMenu onChoose={(bot) => launch.mutate(bot)}>
      <Button
        size="xs"
        color="teal"
        className={classes.hand}
        leftSection={<IconRobot size={14} />}
        loading={launch.isPending}
      >
        {handBackWords([])}
      </Button>
    </BotMenu>
  );
}

/** Launches a bot that goes on beside what is there; in a lead that is taken over it begins with the hand back. */
export function Launch({ lead }: { lead: number }) {
  const client = useQueryClient();
  const taken = useTaken(lead);
  const launch = useMutation({
    mutationFn: (bot: number) => launchBot(bot, lead),
    onSuccess: () => notifyDone(taken ? "The bot begins when you hand back" : "The bot was launched"),
    onSettled: () => client.invalidateQueries({ queryKey: keys.runs(lead) }),
  });
  return (
    <BotMenu onChoose={(bot) => launch.mutate(bot)}>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconPlayerPlay size={14} />}
        loading={launch.isPending}
      >
        Launch
      </Button>
    </BotMenu>
  );
}

function BotMenu({ onChoose, children }: { onChoose: (bot: number) => void; children: React.ReactNode }) {
  const bots = useQuery(botsQuery).data ?? [];
  const ready = bots.filter((bot) => bot.published_version && bot.is_active);
  return (
    <Menu position="bottom-end">
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown mah={300} style={{ overflowY: "auto" }}>
        {ready.length === 0 && <Menu.Label>No bot is published yet</Menu.Label>}
        {ready.map((bot) => (
          <Menu.Item key={bot.id} onClick={() => onChoose(bot.id)}>
            {bot.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import { Button, CloseButton, Group, Text } from "@mantine/core";
import { IconMessages, IconRobot, IconUserPlus } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { keys } from "../api/keys";
import { dismissFirstStart } from "../api/start";
import { useMe } from "../app/me";
import classes from "./Start.module.css";
import { useAnsweringBot } from "./useAnsweringBot";

const Invite = lazy(() => import("./Invite").then((module) => ({ default: module.Invite })));

interface Props {
  onChat: () => void;
  /** The chat has just been closed: the focus comes back to what opened it. */
  back: boolean;
}

/** What to do on an account without leads. */
export function FirstStart({ onChat, back }: Props) {
  const client = useQueryClient();
  const dismiss = useMutation({
    mutationFn: dismissFirstStart,
    onSuccess: () => client.setQueryData(keys.firstStart, false),
  });
  const me = useMe();
  return (
    <section className={classes.card} aria-label="First steps">
      <Group justify="space-between" wrap="nowrap" align="start">
        <Text component="h2" fw={650}>
          Your board is empty. Three things to begin with:
        </Text>
        <CloseButton
          aria-label="Dismiss the first steps"
          disabled={dismiss.isPending}
          onClick={() => dismiss.mutate()}
        />
      </Group>
      <ol className={classes.steps}>
        <Step
          title="See a lead arrive"
          text="Write as a client would. A bot answers, and the lead appears here."
        >
          <Button size="xs" autoFocus={back} leftSection={<IconMessages size={14} />} onClick={onChat}>
            Open the live chat
          </Button>
        </Step>
        <AnsweringBot />
        {me?.role === "administrator" && <Colleague />}
      </ol>
    </section>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <li className={classes.step}>
      <Text fw={600} size="sm">
        {title}
      </Text>
      <Text size="sm" c="dimmed" flex={1}>
        {text}
      </Text>
      <div>{children}</div>
    </li>
  );
}

function AnsweringBot() {
  const bot = useAnsweringBot();
  const icon = <IconRobot size={14} />;
  if (bot === null)
    return (
      <Step
        title="Choose who answers"
        text="No bot answers new clients yet. The library has some to begin with."
      >
        <Button
          size="xs"
          variant="default"
          leftSection={icon}
          renderRoot={(props) => <Link to="/bots" {...props} />}
        >
          Open the bots
        </Button>
      </Step>
    );
  return (
    <Step
      title="Meet the bot that answers"
      text="See what it asks and what it does then; try it out, and change it."
    >
      {bot && (
        <Button
          size="xs"
          variant="default"
          leftSection={icon}
          renderRoot={(props) => <Link to="/bots/$id" params={{ id: bot.id }} {...props} />}
        >
          Open {bot.name}
        </Button>
      )}
    </Step>
  );
}

function Colleague() {
  // Undefined until it is wanted for the first time: then its form is loaded.
  const [inviting, setInviting] = useState<boolean>();
  return (
    <Step title="Invite a colleague" text="They get a link that lets them in.">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUserPlus size={14} />}
        onClick={() => setInviting(true)}
      >
        Invite a colleague
      </Button>
      <Suspense>
        {inviting !== undefined && <Invite opened={inviting} onClose={() => setInviting(false)} />}
      </Suspense>
    </Step>
  );
}

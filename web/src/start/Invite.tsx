import { Button, CopyButton, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keys } from "../api/keys";
import { fieldError } from "../api/problem";
import type { User } from "../api/types";
import { addUser, makeLoginLink } from "../api/users";
import { Failed } from "../ui/States";

interface Props {
  opened: boolean;
  onClose: () => void;
}

/** Makes a user and the link that lets them in. We send no mail: whoever invites passes the link on. */
export function Invite({ opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Invite a colleague" centered>
      <Steps onClose={onClose} />
    </Modal>
  );
}

function Steps({ onClose }: { onClose: () => void }) {
  const [user, setUser] = useState<User>();
  if (user) return <Link user={user} onClose={onClose} />;
  return <Form onMade={setUser} onClose={onClose} />;
}

const roles = [
  { value: "manager", label: "Manager: works with leads and chats" },
  { value: "administrator", label: "Administrator: changes bots, channels and users, too" },
];

function Form({ onMade, onClose }: { onMade: (user: User) => void; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("manager");
  const add = useMutation({
    mutationFn: addUser,
    meta: { quiet: true },
    onSuccess: (user) => {
      void client.invalidateQueries({ queryKey: keys.users });
      onMade(user);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: name.trim(), email: email.trim(), role });
  };
  const known = ["name", "email", "role"].some((path) => errorAt(add.error, path));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errorAt(add.error, "name")}
        />
        <TextInput
          label="E-mail"
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={errorAt(add.error, "email")}
        />
        <Select
          label="Role"
          allowDeselect={false}
          data={roles}
          value={role}
          onChange={(value) => setRole(value ?? role)}
          error={errorAt(add.error, "role")}
        />
        {add.error && !known && <Failed error={add.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Invite
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Users are added in bulk, so the API may name a field by itself or under its place in the list. */
const errorAt = (error: unknown, path: string) => fieldError(error, path) ?? fieldError(error, `0.${path}`);

/** The user is there; a link can be made again if the first try fails. */
function Link({ user, onClose }: { user: User; onClose: () => void }) {
  const link = useMutation({ mutationFn: () => makeLoginLink(user.id), meta: { quiet: true } });
  return (
    <Stack>
      <Text size="sm">
        {user.name} can work here now, and needs a link to come in. It works once, within 24 hours; send it by
        a way that only {user.name} reads.
      </Text>
      {link.data ? (
        <Group gap={6} align="end" wrap="nowrap">
          <TextInput
            label="Login link"
            readOnly
            autoFocus
            flex={1}
            value={link.data}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={link.data}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Button>
            )}
          </CopyButton>
        </Group>
      ) : (
        <Button autoFocus loading={link.isPending} onClick={() => link.mutate()}>
          Make the login link
        </Button>
      )}
      {link.error && <Failed error={link.error} />}
      <Group justify="flex-end">
        <Button variant={link.data ? "filled" : "default"} onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

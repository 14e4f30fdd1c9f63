import { Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef } from "react";
import { fieldError, isStatus } from "../api/problem";
import { signIn, signInByLink } from "../api/session";
import { usePageTitle } from "../app/title";
import { Failed, Loading } from "../ui/States";
import { isForeign, safeNext } from "./next";

const route = getRouteApi("/login");

export function SignInPage() {
  const { token, next } = route.useSearch();
  usePageTitle("Sign in");
  const client = useQueryClient();
  const router = useRouter();
  const enter = async () => {
    client.clear();
    const page = safeNext(next);
    if (isForeign(page)) window.location.replace(page);
    else await router.navigate({ href: page, replace: true });
  };
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w="100%" maw={380} bg="var(--panel)">
        <Stack align="center" gap={4} mb="md">
          <img src="/favicon.svg" alt="" width={44} height={44} />
          <Title order={1} size="h3">
            Sign in to Salesbot
          </Title>
        </Stack>
        {token ? <LinkSignIn token={token} onDone={enter} /> : <PasswordSignIn onDone={enter} />}
      </Paper>
    </Center>
  );
}

interface Props {
  onDone: () => Promise<void>;
}

/** Spends the one-time token of a login link at once. */
function LinkSignIn({ token, onDone }: Props & { token: string }) {
  const login = useMutation({ mutationFn: signInByLink, onSuccess: onDone, meta: { quiet: true } });
  const spent = useRef(false);
  useEffect(() => {
    // The token works once; React runs effects twice while developing.
    if (spent.current) return;
    spent.current = true;
    login.mutate(token);
  }, [token, login.mutate]);
  if (!login.error) return <Loading label="Signing in" />;
  return (
    <Stack>
      <Failed error={login.error} />
      <Text size="sm">
        A login link works once and for a limited time. Run <code>salesbot login</code> on the server for a
        new one, or sign in with your password instead:
      </Text>
      <PasswordSignIn onDone={onDone} />
    </Stack>
  );
}

function PasswordSignIn({ onDone }: Props) {
  const login = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
    onSuccess: onDone,
    meta: { quiet: true },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    login.mutate({ email: String(form.get("email")), password: String(form.get("password")) });
  };
  const refused = isStatus(login.error, 401);
  const atField = fieldError(login.error, "email") ?? fieldError(login.error, "password");
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          name="email"
          type="email"
          label="E-mail"
          autoComplete="username"
          required
          autoFocus
          error={fieldError(login.error, "email")}
        />
        <PasswordInput
          name="password"
          label="Password"
          autoComplete="current-password"
          required
          error={refused ? "The e-mail or the password is wrong." : fieldError(login.error, "password")}
        />
        {login.error && !refused && !atField && <Failed error={login.error} />}
        <Button type="submit" loading={login.isPending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

import { Indicator } from "@mantine/core";
import { IconBroadcast } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { follow } from "../api/stream";

/** Follows the live stream for as long as the shell is shown, and says whether it is up. */
export function LiveMark() {
  const client = useQueryClient();
  const [live, setLive] = useState<boolean>();
  useEffect(() => follow(client, setLive), [client]);
  const label = live === false ? "Not live: reconnecting" : "Live: changes appear by themselves";
  return (
    <Indicator
      color={live === false ? "orange" : "teal"}
      size={8}
      offset={4}
      mx={6}
      disabled={live === undefined}
    >
      <IconBroadcast size={20} stroke={1.5} role="img" aria-label={label} title={label} />
    </Indicator>
  );
}

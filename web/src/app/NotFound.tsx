import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Empty } from "../ui/States";
import { usePageTitle } from "./title";

export function NotFound() {
  usePageTitle("No such page");
  return (
    <Empty page title="There is no such page">
      It may have been deleted, or the address is wrong.{" "}
      <Anchor size="sm" underline="always" component={Link} to="/">
        Go to the board
      </Anchor>
    </Empty>
  );
}

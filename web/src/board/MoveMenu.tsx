import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { type ComponentProps, type Ref, useEffect, useRef, useState } from "react";
import type { BoardCard, Status } from "../api/types";
import classes from "./Board.module.css";

interface Props {
  lead: BoardCard;
  stages: Status[];
  onMove: (lead: BoardCard, to: number) => void;
}

/** The same move without dragging, for small screens and for whoever likes a list better. */
export function MoveMenu(props: Props) {
  // A menu is costly and few are ever opened: until then there is its button alone.
  const [wanted, setWanted] = useState(false);
  if (wanted) return <Opened {...props} />;
  return (
    <MoveButton
      lead={props.lead}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
    />
  );
}

function Opened({ lead, stages, onMove }: Props) {
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // It has taken the place of the button that was pressed, and has to get the focus back when it closes.
    button.current?.focus();
    setOpened(true);
  }, []);
  return (
    <Menu position="bottom-end" withinPortal opened={opened} onChange={setOpened}>
      <Menu.Target>
        <MoveButton lead={lead} ref={button} />
      </Menu.Target>
      <Menu.Dropdown onMouseDown={(event) => event.stopPropagation()} mah={320} style={{ overflowY: "auto" }}>
        <Menu.Label>Move to</Menu.Label>
        {stages.map((stage) => (
          <Menu.Item
            key={stage.id}
            disabled={stage.id === lead.status_id}
            onClick={() => onMove(lead, stage.id)}
          >
            {stage.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type ButtonProps = ComponentProps<"button"> & { lead: BoardCard; ref?: Ref<HTMLButtonElement> };

function MoveButton({ lead, ...props }: ButtonProps) {
  return (
    <ActionIcon
      {...props}
      className={classes.menu}
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={`Move ${lead.name} to another stage`}
      onMouseDown={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        props.onKeyDown?.(event);
        event.stopPropagation();
      }}
    >
      <IconArrowsExchange size={14} />
    </ActionIcon>
  );
}

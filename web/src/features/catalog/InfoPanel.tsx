import { Button, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconBraces, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Info, Json } from "@/api/types";
import { Panel } from "@/ui/Panel";
import { InfoForm } from "./InfoForm";
import { InfoNode } from "./InfoNode";
import classes from "./InfoNode.module.css";
import { changeOf, type InfoChange, type InfoPath } from "./infoTree";
import { RawInfoDialog } from "./RawInfoDialog";
import { type Place, useChange } from "./useChange";

/** Custom metadata as a tree whose values can be edited. */
export function InfoPanel({ place, info }: { place: Place; info: Info }) {
  const [adding, setAdding] = useState(false);
  const [raw, rawSwitch] = useDisclosure(false);
  const send = useChange((change: InfoChange) => api.patch(`${place.path}/info`, change));
  const change = (path: InfoPath, next: Json | undefined) => send.mutate(changeOf(info, path, next));
  const keys = Object.keys(info).filter((key) => !(place.isFile && key === "header"));
  return (
    <Panel
      title="Metadata"
      aside={
        <Group gap={4}>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => setAdding(true)}
          >
            Add field
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconBraces size={14} />}
            onClick={rawSwitch.open}
          >
            JSON
          </Button>
        </Group>
      }
    >
      {keys.length === 0 && !adding ? <p className={classes.none}>No custom metadata.</p> : null}
      {keys.length > 0 ? (
        <ul className={classes.tree} aria-label="Metadata">
          {keys.map((key) => (
            <InfoNode key={key} name={key} path={[key]} value={info[key] ?? null} onChange={change} />
          ))}
        </ul>
      ) : null}
      {adding ? (
        <InfoForm
          named
          onSave={(name, value) => {
            change([name], value);
            setAdding(false);
          }}
          onCancel={() => setAdding(false)}
        />
      ) : null}
      <RawInfoDialog
        opened={raw}
        onClose={rawSwitch.close}
        info={info}
        onSave={async (next) => {
          await send.mutateAsync({ replace: next });
          rawSwitch.close();
        }}
      />
    </Panel>
  );
}

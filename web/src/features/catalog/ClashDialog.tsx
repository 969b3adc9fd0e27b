import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { plural, t, tIn } from "@/i18n/text";
import classes from "./ClashDialog.module.css";
import type { Value } from "./infoClash";
import type { Dispute } from "./useMergedEdit";

const shown = (value: Value) => (value === undefined ? t("(deleted)") : JSON.stringify(value, null, 2));

/** Both versions of what two people changed at once: mine or theirs, key by key. */
export function ClashDialog({ dispute }: { dispute: Dispute }) {
  const [theirs, setTheirs] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const keys = dispute.clashes.map(({ key }) => key);
  const choose = (key: string, side: string) => {
    const next = new Set(theirs);
    if (side === "theirs") next.add(key);
    else next.delete(key);
    setTheirs(next);
  };
  const save = async () => {
    setBusy(true);
    await dispute.settle(new Set(keys.filter((key) => theirs.has(key)))).catch(() => false);
    setBusy(false);
  };
  return (
    <Modal opened onClose={dispute.close} title={t("Somebody else changed this too")} size="lg">
      <Stack gap="md">
        <Text size="sm">
          {plural(
            keys.length,
            "Your change is not saved yet: since you began, another person changed the same field. Choose which version stays.",
            "Your change is not saved yet: since you began, another person changed the same fields. Choose which version stays.",
          )}
        </Text>
        <Group gap={8}>
          <Button size="xs" variant="default" onClick={() => setTheirs(new Set())}>
            {t("Keep all mine")}
          </Button>
          <Button size="xs" variant="default" onClick={() => setTheirs(new Set(keys))}>
            {t("Take all theirs")}
          </Button>
        </Group>
        {dispute.clashes.map((clash) => (
          <Radio.Group
            key={clash.key}
            label={clash.key}
            value={theirs.has(clash.key) ? "theirs" : "mine"}
            onChange={(side) => choose(clash.key, side)}
          >
            <div className={classes.sides}>
              <Radio.Card value="mine" className={classes.side}>
                <Group gap={8} wrap="nowrap">
                  <Radio.Indicator />
                  <b>{tIn("version", "Mine")}</b>
                </Group>
                <pre className={classes.value}>{shown(clash.mine)}</pre>
              </Radio.Card>
              <Radio.Card value="theirs" className={classes.side}>
                <Group gap={8} wrap="nowrap">
                  <Radio.Indicator />
                  <b>{tIn("version", "Theirs")}</b>
                </Group>
                <pre className={classes.value}>{shown(clash.theirs)}</pre>
              </Radio.Card>
            </div>
          </Radio.Group>
        ))}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={dispute.close}>
            {t("Discard my change")}
          </Button>
          <Button loading={busy} onClick={() => void save()}>
            {t("Save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

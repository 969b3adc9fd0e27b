import { Button, Group, Text } from "@mantine/core";
import { IconArrowBackUp, IconBraces, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { Info, Json } from "@/api/types";
import { t } from "@/i18n/text";
import { type InfoPath, withPart } from "@/parts/info/infoTree";
import { Panel } from "@/ui/Panel";
import { ClashDialog } from "./ClashDialog";
import { InfoForm } from "./InfoForm";
import { InfoNode, type OpenForm } from "./InfoNode";
import classes from "./InfoNode.module.css";
import { same } from "./infoClash";
import type { Place } from "./place";
import { RawInfoDialog } from "./RawInfoDialog";
import { type Snapshot, useMergedEdit } from "./useMergedEdit";

interface InfoPanelProps {
  place: Place;
  info: Info;
  revision: number;
}

type Edit = OpenForm | { kind: "raw" };

/** A change that was saved from here, to take back. */
interface Step {
  before: Info;
  after: Info;
}

/** Custom metadata as a tree whose values can be edited; what is edited stands still meanwhile. */
export function InfoPanel({ place, info, revision }: InfoPanelProps) {
  const [edit, setEdit] = useState<{ form: Edit; base: Snapshot } | null>(null);
  const [done, setDone] = useState<Step[]>([]);
  const { dispute, save } = useMergedEdit({
    load: async () => {
      const now = await api.get<{ info: Info; revision: number }>(place.path);
      return { values: now.info, revision: now.revision };
    },
    write: (change, seen) => api.patch(`${place.path}/info`, change, seen),
  });
  const shown = { values: info, revision };
  const base = edit?.base ?? shown;
  const mayEdit = place.may(place.isFile ? "files_modify_metadata" : "containers_modify_metadata");
  const open = (form: Edit | null) => setEdit(form && { form, base: edit?.base ?? shown });
  const store = async (mine: Info) => {
    if (await save(base, mine)) setDone([...done, { before: base.values, after: mine }]);
    setEdit(null);
  };
  const last = done.at(-1);
  /** The last change of this page taken back; what others changed since is kept or asked about. */
  const undo = async ({ before, after }: Step) => {
    await save({ values: after, revision }, before, shown);
    setDone(done.slice(0, -1));
  };
  const change = (path: InfoPath, next: Json | undefined) =>
    void store(withPart(base.values, path, next) as Info).catch(() => null);
  const form = edit && edit.form.kind !== "raw" ? edit.form : null;
  const keys = Object.keys(base.values).filter((key) => !(place.isFile && key === "header"));
  const adding = form?.kind === "add" && form.path.length === 0;
  return (
    <Panel
      title={t("Metadata")}
      aside={
        <Group gap={4}>
          {last && edit === null ? (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconArrowBackUp size={14} />}
              onClick={() => void undo(last).catch(() => null)}
            >
              {t("Undo")}
            </Button>
          ) : null}
          {mayEdit ? (
            <Button
              size="compact-sm"
              variant="subtle"
              leftSection={<IconPlus size={14} />}
              onClick={() => open({ kind: "add", path: [] })}
            >
              {t("Add field")}
            </Button>
          ) : null}
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconBraces size={14} />}
            onClick={() => open({ kind: "raw" })}
          >
            {t("JSON")}
          </Button>
        </Group>
      }
    >
      {edit && !same(info, edit.base.values) ? (
        <Text size="sm" c="var(--warn)" role="status" mb={6}>
          {t("Somebody else has changed this meanwhile. Saving shows both versions where they differ.")}
        </Text>
      ) : null}
      {keys.length === 0 && !adding ? <p className={classes.none}>{t("No custom metadata.")}</p> : null}
      {keys.length > 0 ? (
        <ul className={classes.tree} aria-label={t("Metadata")}>
          {keys.map((key) => (
            <InfoNode
              key={key}
              name={key}
              path={[key]}
              value={base.values[key] ?? null}
              form={form}
              mayEdit={mayEdit}
              onForm={open}
              onChange={change}
            />
          ))}
        </ul>
      ) : null}
      {adding ? (
        <InfoForm named onSave={(name, value) => change([name], value)} onCancel={() => open(null)} />
      ) : null}
      <RawInfoDialog
        opened={edit?.form.kind === "raw"}
        onClose={() => open(null)}
        info={base.values}
        mayEdit={mayEdit}
        onSave={store}
      />
      {dispute ? <ClashDialog dispute={dispute} /> : null}
    </Panel>
  );
}

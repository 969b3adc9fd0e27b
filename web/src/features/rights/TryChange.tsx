import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { containerQuery } from "@/api/queries";
import { t } from "@/i18n/text";
import { ManyPicker, Picker } from "@/parts/pick/Picker";
import { among, PEOPLE, ROLES } from "@/parts/pick/source";
import { Panel } from "@/ui/Panel";
import { ChangePreview } from "./ChangePreview";
import { useRoleChoices } from "./useRoleChoices";

/** A change of somebody's roles in a project, tried without making it. */
export function TryChange({ project }: { project: string }) {
  const { data } = useQuery(containerQuery("projects", project));
  const { choices } = useRoleChoices(data?.group ?? "");
  const [user, setUser] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const givable = choices.map((one) => one.value);
  return (
    <Panel title={t("Try a change")}>
      <Picker source={PEOPLE} label={t("Person")} value={user} onChange={setUser} clearable />
      <ManyPicker
        source={among(ROLES, givable)}
        mt="sm"
        label={t("Roles they would have")}
        placeholder={t("None: they would leave")}
        value={chosen}
        onChange={setChosen}
      />
      <ChangePreview
        change={{ change: "project", project, user: user ?? "", role_ids: chosen }}
        disabled={!user}
      />
    </Panel>
  );
}

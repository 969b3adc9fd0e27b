import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { rolesQuery, usersQuery } from "@/api/queries";
import { Panel } from "@/ui/Panel";
import { PersonSelect } from "@/ui/people/PersonSelect";
import { ChangePreview } from "./ChangePreview";

/** A change of somebody's roles in a project, tried without making it. */
export function TryChange({ project }: { project: string }) {
  const users = useQuery(usersQuery);
  const roles = useQuery(rolesQuery);
  const [user, setUser] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <Panel title="Try a change">
      <PersonSelect label="Person" people={users.data ?? []} value={user} onChange={setUser} clearable />
      <MultiSelect
        mt="sm"
        label="Roles they would have"
        placeholder={chosen.length === 0 ? "None: they would leave" : ""}
        data={(roles.data ?? []).map((role) => ({ value: role._id, label: role.label }))}
        value={chosen}
        onChange={setChosen}
        hidePickedOptions
        searchable
      />
      <ChangePreview
        change={{ change: "project", project, user: user ?? "", role_ids: chosen }}
        disabled={!user}
      />
    </Panel>
  );
}

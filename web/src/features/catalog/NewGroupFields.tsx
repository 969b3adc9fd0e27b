import { Fieldset, Stack, TextInput } from "@mantine/core";
import { GROUP_ID_RULE, groupIdProblem } from "./groupId";

interface NewGroup {
  id: string;
  label: string;
}

/** Id and label of a group that is made together with its first project. */
export function NewGroupFields({
  value,
  onChange,
}: {
  value: NewGroup;
  onChange: (value: NewGroup) => void;
}) {
  return (
    <Fieldset legend="New group" p="sm">
      <Stack gap="sm">
        <TextInput
          label="Group id"
          description={`Part of the routing string, for good: ${GROUP_ID_RULE}`}
          placeholder="psych"
          autoCapitalize="none"
          spellCheck={false}
          value={value.id}
          onChange={(event) => onChange({ ...value, id: event.currentTarget.value })}
          error={groupIdProblem(value.id.trim())}
          data-autofocus
        />
        <TextInput
          label="Group label"
          placeholder="Department of Psychology"
          maxLength={255}
          value={value.label}
          onChange={(event) => onChange({ ...value, label: event.currentTarget.value })}
        />
      </Stack>
    </Fieldset>
  );
}

import { Fieldset, Stack, TextInput } from "@mantine/core";
import { t } from "@/i18n/text";
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
    <Fieldset legend={t("New group")} p="sm">
      <Stack gap="sm">
        <TextInput
          label={t("Group id")}
          description={t("Part of the routing string, for good: {rule}", { rule: GROUP_ID_RULE })}
          placeholder={t("psych")}
          autoCapitalize="none"
          spellCheck={false}
          value={value.id}
          onChange={(event) => onChange({ ...value, id: event.currentTarget.value })}
          error={groupIdProblem(value.id.trim())}
          data-autofocus
        />
        <TextInput
          label={t("Group label")}
          placeholder={t("Department of Psychology")}
          maxLength={255}
          value={value.label}
          onChange={(event) => onChange({ ...value, label: event.currentTarget.value })}
        />
      </Stack>
    </Fieldset>
  );
}

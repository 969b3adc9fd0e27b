import { Group, Select, TextInput } from "@mantine/core";
import { t } from "@/i18n/text";
import { SITE_ROLES } from "./siteRoles";

export interface Profile {
  firstname: string;
  lastname: string;
  role: string;
}

interface ProfileFieldsProps {
  value: Profile;
  onChange: (value: Profile) => void;
}

/** What a user is called, and what they are on the site. */
export function ProfileFields({ value, onChange }: ProfileFieldsProps) {
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          label={t("First name")}
          value={value.firstname}
          onChange={(event) => onChange({ ...value, firstname: event.currentTarget.value })}
        />
        <TextInput
          label={t("Last name")}
          value={value.lastname}
          onChange={(event) => onChange({ ...value, lastname: event.currentTarget.value })}
        />
      </Group>
      <Select
        label={t("Site role")}
        description={SITE_ROLES.find((one) => one.value === value.role)?.about}
        allowDeselect={false}
        data={SITE_ROLES}
        value={value.role}
        onChange={(role) => onChange({ ...value, role: role ?? "user" })}
      />
    </>
  );
}

import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, type IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { saveBlob } from "@/api/download";
import { t } from "@/i18n/text";

/** A form that something can be saved in: its name, how it is made, and the file's name. */
export interface ExportForm {
  form: string;
  make: () => Promise<Blob>;
  file: string;
}

interface ExportButtonProps {
  forms: ExportForm[];
  Icon: typeof IconDownload;
  /** Further entries of the menu. */
  children?: ReactNode;
}

/** A menu of the forms that something can be saved in; what fails is told. */
export function ExportButton({ forms, Icon, children }: ExportButtonProps) {
  const write = useMutation({
    mutationFn: async ({ make, file }: ExportForm) => saveBlob(await make(), file),
    onError: (error) =>
      notifications.show({ color: "red", title: t("Not exported"), message: error.message }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon size={16} />}
          rightSection={<IconChevronDown size={14} />}
          loading={write.isPending}
        >
          {t("Export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {forms.map((one) => (
          <Menu.Item key={one.form} onClick={() => write.mutate(one)}>
            {one.form}
          </Menu.Item>
        ))}
        {children}
      </Menu.Dropdown>
    </Menu>
  );
}

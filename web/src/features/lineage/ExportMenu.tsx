import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { api } from "@/api/client";
import { saveBlob } from "@/api/download";
import { t } from "@/i18n/text";
import { asPng } from "./asPng";
import type { Drawing } from "./drawing";
import type { Address } from "./useGraph";

interface ExportMenuProps {
  /** What the graph is of. */
  name: string;
  draw: () => Drawing;
  /** Where the server writes the same graph as a crate; none of what people put together. */
  crate: Address | null;
}

interface Form {
  form: string;
  make: () => Promise<Blob>;
  file: string;
}

/** Saves the graph as a picture, or as a document for programs. */
export function ExportMenu({ name, draw, crate }: ExportMenuProps) {
  const write = useMutation({
    mutationFn: async ({ make, file }: Form) => saveBlob(await make(), file),
    onError: (error) =>
      notifications.show({ color: "red", title: t("Not exported"), message: error.message }),
  });
  const forms: Form[] = [
    { form: t("Picture (PNG)"), make: () => asPng(draw()), file: `${name} lineage.png` },
    {
      form: t("Drawing (SVG)"),
      make: async () => new Blob([draw().svg], { type: "image/svg+xml" }),
      file: `${name} lineage.svg`,
    },
  ];
  if (crate)
    forms.push({
      form: "RO-Crate",
      make: () => api.saved(crate.path, { ...crate.query }),
      file: `${name}-lineage-ro-crate-metadata.json`,
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
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
      </Menu.Dropdown>
    </Menu>
  );
}

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { type DownloadNode, downloadNodes } from "@/api/download";
import { plural, t } from "@/i18n/text";
import { bytes } from "@/ui/format";

interface DownloadButtonProps {
  nodes: DownloadNode[] | (() => Promise<DownloadNode[]>);
  words?: string;
  primary?: boolean;
}

/** Downloads containers as one zip, with everything below them. */
export function DownloadButton({ nodes, words = t("Download"), primary = false }: DownloadButtonProps) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const ticket = await downloadNodes(typeof nodes === "function" ? await nodes() : nodes);
      notifications.show({
        message: plural(
          ticket.file_cnt,
          "Downloading {count} file, {size}.",
          "Downloading {count} files, {size}.",
          { size: bytes(ticket.size) },
        ),
        autoClose: 4000,
      });
    } catch (error) {
      notifications.show({
        color: "red",
        title: t("The download did not start"),
        message: (error as Error).message,
      });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant={primary ? "filled" : "default"}
      leftSection={<IconDownload size={16} />}
      loading={busy}
      onClick={() => void download()}
    >
      {words}
    </Button>
  );
}

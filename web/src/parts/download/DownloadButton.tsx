import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { type DownloadNode, downloadNodes } from "@/api/download";
import { bytes, count } from "@/ui/format";

interface DownloadButtonProps {
  nodes: DownloadNode[] | (() => Promise<DownloadNode[]>);
  words?: string;
  primary?: boolean;
}

/** Downloads containers as one zip, with everything below them. */
export function DownloadButton({ nodes, words = "Download", primary = false }: DownloadButtonProps) {
  const [busy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const ticket = await downloadNodes(typeof nodes === "function" ? await nodes() : nodes);
      notifications.show({
        message: `Downloading ${count(ticket.file_cnt, "file")}, ${bytes(ticket.size)}.`,
        autoClose: 4000,
      });
    } catch (error) {
      notifications.show({
        color: "red",
        title: "The download did not start",
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

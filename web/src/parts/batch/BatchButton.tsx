import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { DownloadNode } from "@/api/download";
import { t } from "@/i18n/text";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** What was picked for a batch: too many ids for an address. */
    targets?: DownloadNode[];
  }
}

interface BatchButtonProps {
  nodes: () => Promise<DownloadNode[]>;
  /** Where all of them lie; decides which gears are offered. */
  project?: string;
}

/** Leads to the page that runs one gear on all that is selected. */
export function BatchButton({ nodes, project }: BatchButtonProps) {
  const navigate = useNavigate();
  const go = useMutation({
    mutationFn: async () => {
      const targets = await nodes();
      await navigate({ to: "/batch/new", search: project ? { project } : {}, state: { targets } });
    },
    onError: (error) => notifications.show({ color: "red", title: t("Not opened"), message: error.message }),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerPlay size={16} />}
      loading={go.isPending}
      onClick={() => go.mutate()}
    >
      {t("Run gear")}
    </Button>
  );
}

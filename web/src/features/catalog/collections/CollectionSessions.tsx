import { Button } from "@mantine/core";
import { IconMinus } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { useMayInCollection } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { BatchButton } from "@/parts/batch/BatchButton";
import { BulkEditButton } from "@/parts/bulkedit/BulkEditButton";
import { AddToCollectionButton } from "@/parts/collect/AddToCollectionButton";
import { collectNodes } from "@/parts/collect/collectNodes";
import { DownloadButton } from "@/parts/download/DownloadButton";
import { Message } from "@/ui/Message";
import { SessionsTable } from "../SessionsTable";

import { useOpenCollection } from "./useOpenCollection";

/** The sessions in a collection, as far as the user may see them. */
export function CollectionSessions() {
  const collection = useOpenCollection();
  const may = useMayInCollection(collection.permissions);
  const [table, setTable] = useState(0);
  const remove = useChange(async (nodes: () => Promise<DownloadNode[]>) => {
    const contents = { operation: "remove", nodes: await nodes() };
    await api.put(`/collections/${collection._id}`, { contents });
    setTable(table + 1);
  });
  return (
    <SessionsTable
      key={table}
      path={`/collections/${collection._id}/sessions`}
      name="collection.sessions"
      ofManyProjects
      actions={(nodes) => (
        <>
          {may("containers_modify_metadata") ? (
            <Button
              variant="default"
              leftSection={<IconMinus size={16} />}
              loading={remove.isPending}
              onClick={() => remove.mutate(nodes)}
            >
              {t("Take out")}
            </Button>
          ) : null}
          <BatchButton nodes={nodes} />
          <BulkEditButton level="sessions" ids={async () => (await nodes()).map((node) => node._id)} />
          <AddToCollectionButton add={collectNodes(nodes)} />
          <DownloadButton nodes={nodes} primary />
        </>
      )}
      empty={
        <Message title={t("Nothing in here yet")}>
          {t(
            "Open a project, select sessions, then “Add to collection”. You see only what you may see in its project.",
          )}
        </Message>
      }
    />
  );
}

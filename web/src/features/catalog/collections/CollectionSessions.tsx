import { Button } from "@mantine/core";
import { IconMinus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { listQuery } from "@/api/queries";
import { useMayInCollection } from "@/api/rights";
import type { Project, Session } from "@/api/types";
import { useChange } from "@/api/useChange";
import { Message } from "@/ui/Message";
import type { DataColumn } from "@/ui/table/model";
import { DownloadButton } from "../DownloadButton";
import { SessionsTable } from "../SessionsTable";
import { AddToCollectionButton } from "./AddToCollectionButton";

import { useOpenCollection } from "./useOpenCollection";

const MOST_PROJECTS = 1000;

const sourceColumn = (label: (id: string) => string): DataColumn<Session> => ({
  id: "project",
  title: "Project",
  width: 180,
  cell: (row) => label(row.project),
  text: (row) => label(row.project),
});

/** The sessions in a collection, as far as the user may see them. */
export function CollectionSessions() {
  const collection = useOpenCollection();
  const may = useMayInCollection(collection.permissions);
  const [table, setTable] = useState(0);
  const projects = useQuery(listQuery<Project>("/projects", { limit: MOST_PROJECTS }));
  const columns = useMemo(() => {
    const labels = new Map(projects.data?.results.map((project) => [project._id, project.label]));
    return [sourceColumn((id) => labels.get(id) ?? "")];
  }, [projects.data]);
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
      columns={columns}
      actions={(nodes) => (
        <>
          {may("containers_modify_metadata") ? (
            <Button
              variant="default"
              leftSection={<IconMinus size={16} />}
              loading={remove.isPending}
              onClick={() => remove.mutate(nodes)}
            >
              Take out
            </Button>
          ) : null}
          <AddToCollectionButton nodes={nodes} />
          <DownloadButton nodes={nodes} primary />
        </>
      )}
      empty={
        <Message title="Nothing in here yet">
          Open a project, select sessions, then “Add to collection”. You see only what you may see in its
          project.
        </Message>
      }
    />
  );
}

import { Button } from "@mantine/core";
import { IconMinus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api } from "@/api/client";
import type { DownloadNode } from "@/api/download";
import { containerQuery, listQuery } from "@/api/queries";
import { useMayInCollection } from "@/api/rights";
import type { Collection, Project, Session } from "@/api/types";
import { useChange } from "@/api/useChange";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { TabLinks } from "@/ui/TabLinks";
import type { DataColumn } from "@/ui/table/model";
import { DeleteButton } from "../DeleteButton";
import { DownloadButton } from "../DownloadButton";
import { SessionsTable } from "../SessionsTable";
import { AddToCollectionButton } from "./AddToCollectionButton";

/** The frame of a collection's pages. */
export function CollectionFrame() {
  const { c } = useParams({ strict: false }) as { c: string };
  const { data: collection, error, refetch } = useQuery(containerQuery("collections", c));
  const path = useRouterState({ select: (state) => state.location.pathname });
  const may = useMayInCollection(collection?.permissions);
  useCrumbs([{ label: "Collections", href: "/collections" }, { label: collection?.label ?? "" }]);
  if (error && !collection) return <Failure error={error} what="collection" onRetry={() => void refetch()} />;
  if (!collection) return <Loading />;
  const base = `/collections/${c}`;
  const about = path.startsWith(`${base}/about`);
  return (
    <Page fill={!about}>
      <PageHead
        title={collection.label}
        kind={collection.curator ? `Collection of ${collection.curator}` : "Collection"}
        about={collection.description}
        actions={
          <>
            {may("containers_delete_hierarchy") ? (
              <DeleteButton level="collection" id={c} label={collection.label} parents={{}} />
            ) : null}
            <DownloadButton nodes={[{ level: "collection", _id: c }]} words="Download all" />
          </>
        }
      />
      <TabLinks
        label="Collection"
        tabs={[
          { href: base, words: "Sessions", here: !about },
          { href: `${base}/about`, words: "People and details", here: about },
        ]}
      />
      <Outlet />
    </Page>
  );
}

/** The collection whose pages these are; its frame has waited for it. */
export function useOpenCollection(): Collection {
  const { c } = useParams({ strict: false }) as { c: string };
  const { data } = useQuery(containerQuery("collections", c));
  if (!data) throw new Error("outside a collection's page");
  return data;
}

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

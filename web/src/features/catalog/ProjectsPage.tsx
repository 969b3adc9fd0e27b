import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { allOf, contains, equals } from "@/api/filters";
import { usePagedRows } from "@/api/paging";
import { groupsQuery } from "@/api/queries";
import type { Project } from "@/api/types";
import { Failure } from "@/ui/Failure";
import { FilterBar } from "@/ui/FilterBar";
import { ago, count, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { DataTable } from "@/ui/table/DataTable";
import { type DataColumn, readSort, sortText } from "@/ui/table/model";
import { NewProjectButton } from "./NewProjectButton";

const number = (project: Project, key: "subjects" | "sessions" | "files") =>
  project.stats?.number_of?.[key] ?? "";

const COLUMNS: DataColumn<Project>[] = [
  {
    id: "label",
    title: "Project",
    width: 260,
    sort: "label",
    cell: (row) => <b style={{ fontWeight: 550 }}>{row.label}</b>,
    text: (row) => row.label,
  },
  {
    id: "group",
    title: "Group",
    width: 180,
    sort: "group.label",
    cell: (row) => row.group_info?.label ?? row.group,
    text: (row) => row.group,
  },
  { id: "subjects", title: "Subjects", width: 100, number: true, cell: (row) => number(row, "subjects") },
  { id: "sessions", title: "Sessions", width: 100, number: true, cell: (row) => number(row, "sessions") },
  { id: "files", title: "Files", width: 100, number: true, cell: (row) => number(row, "files") },
  {
    id: "modified",
    title: "Last change",
    width: 140,
    sort: "modified",
    cell: (row) => ago(row.modified),
    text: (row) => dateTime(row.modified),
  },
  {
    id: "description",
    title: "Description",
    width: 360,
    cell: (row) => row.description,
    text: (row) => row.description ?? "",
  },
];

/** All projects the user may see. */
export function ProjectsPage() {
  const search = useSearch({ from: "/inside/framed/projects" });
  const navigate = useNavigate({ from: "/projects" });
  useCrumbs([{ label: "Projects" }]);
  const groups = useQuery(groupsQuery);
  const sort = readSort(search.sort, COLUMNS) ?? { field: "label", descending: false };
  const filter = allOf(
    search.q && contains("label", search.q),
    search.group && equals("group", search.group),
  );
  const rows = usePagedRows<Project>("/projects", { filter, sort: sortText(sort), stats: true });
  const change = useMemo(
    () => (part: Record<string, string | undefined>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const typed = useDebouncedCallback((q: string) => change({ q: q || undefined }), 250);
  return (
    <Page fill>
      <PageHead
        title="Projects"
        about={rows.loading ? " " : count(rows.total, "project")}
        actions={<NewProjectButton />}
      />
      <FilterBar>
        <TextInput
          type="search"
          aria-label="Project label contains"
          placeholder="Label contains"
          leftSection={<IconSearch size={15} />}
          key={search.q ?? ""}
          defaultValue={search.q ?? ""}
          autoFocus={Boolean(search.q)}
          onChange={(event) => typed(event.currentTarget.value)}
        />
        <Select
          aria-label="Group"
          placeholder="All groups"
          clearable
          searchable
          data={(groups.data?.results ?? []).map((group) => ({
            value: group._id,
            label: group.label || group._id,
          }))}
          value={search.group ?? null}
          onChange={(group) => change({ group: group ?? undefined })}
        />
      </FilterBar>
      <div className="panel" style={{ display: "flex", flex: 1, minHeight: 240, overflow: "hidden" }}>
        {rows.loading ? <Loading rows={8} /> : null}
        {rows.error ? <Failure error={rows.error} what="project list" onRetry={rows.retry} /> : null}
        {!rows.loading && !rows.error ? (
          <DataTable
            name="projects"
            label="Projects"
            columns={COLUMNS}
            {...rows}
            busy={rows.refreshing}
            sort={sort}
            onSort={(next) => change({ sort: sortText(next) })}
            onOpen={(row) => void navigate({ to: "/projects/$p", params: { p: row._id } })}
            empty={
              filter ? (
                <Message
                  title="No project matches"
                  action={
                    <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                      Clear filters
                    </Button>
                  }
                />
              ) : (
                <Message title="No projects yet" action={<NewProjectButton />}>
                  You see a project here as soon as you have a role in it.
                </Message>
              )
            }
          />
        ) : null}
      </div>
    </Page>
  );
}
